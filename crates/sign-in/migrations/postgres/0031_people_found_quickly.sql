-- A search reads those entries of the index one by one that are not merged into it yet, and each sign-in adds one. At most 64 kB wait
-- for that now (4096 by default). Without the extension there is no index.
ALTER INDEX IF EXISTS users_search SET (gin_pending_list_limit = 64);
