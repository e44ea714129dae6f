-- Nothing to do: SQLite has no notifications. Who waits for changes looks once a second (src/dashboards/news.rs).
SELECT 1;
