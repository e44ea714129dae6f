-- Nothing to do: INSERT ... ON CONFLICT DO UPDATE runs the trigger on UPDATE. The number is taken by SQLite's trigger on INSERT.
SELECT 1;
