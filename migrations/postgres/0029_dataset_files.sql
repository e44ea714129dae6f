-- Whether a file in the folder of the configuration made the data set, and says what it is.
ALTER TABLE dataset_queries ADD COLUMN in_file BOOLEAN NOT NULL DEFAULT FALSE;
