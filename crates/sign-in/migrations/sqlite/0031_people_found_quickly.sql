-- Only the index of PostgreSQL has entries that wait to be merged into it.
SELECT 1;
