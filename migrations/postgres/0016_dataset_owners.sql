-- How many data sets somebody owns is counted whenever one is made.
CREATE INDEX datasets_owner ON datasets (owner) WHERE deleted_at IS NULL;
