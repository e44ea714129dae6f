-- The file that a version was made from, and how it was read, as JSON: the next file for the data set is read like it.
ALTER TABLE dataset_versions ADD COLUMN source TEXT;
