"""What bench/data.mjs asks of DuckDB: `data.py make CSV ROWS` writes rows, `data.py copy CSV PARQUET` times their import, and
`data.py query PARQUET` the same panels as crates/data/examples/queries.rs. Each prints a line of JSON, times in ms."""

import json
import sys
import time

import duckdb

TIMES = 20
REGIONS, PRODUCTS, CUSTOMERS = 12, 200, 100_000

ROWS = f"""
    SELECT i AS id,
           DATE '2020-01-01' + CAST(hash(i) % 1826 AS INTEGER) AS day,
           TIMESTAMP '2020-01-01' + to_seconds(CAST(hash(i, 1) % 157766400 AS BIGINT)) AS sold_at,
           'Region ' || (hash(i, 2) % {REGIONS}) AS region,
           'Product ' || (hash(i, 3) % {PRODUCTS}) AS product,
           'Customer ' || (hash(i, 4) % {CUSTOMERS}) AS customer,
           1 + hash(i, 5) % 20 AS quantity,
           CASE WHEN hash(i, 6) % 50 > 0 THEN round((hash(i, 7) % 100000) / 100.0, 2) END AS price,
           hash(i, 8) % 10 = 0 AS returned
    FROM range({{rows}}) AS numbers(i)
"""

PANELS = {
    "figures": "SELECT count(*), sum(price), avg(quantity) FROM rows",
    "by month": "SELECT date_trunc('month', day) AS m, sum(price) FROM rows GROUP BY m ORDER BY m",
    "by day": "SELECT day, count(*) FROM rows GROUP BY day ORDER BY day",
    "by month and region": "SELECT date_trunc('month', day) AS m, region, sum(price) FROM rows GROUP BY ALL ORDER BY ALL",
    "by product": "SELECT product, sum(price) AS s FROM rows GROUP BY product ORDER BY s DESC LIMIT 20",
    "median by region": "SELECT region, median(price) FROM rows GROUP BY region ORDER BY region",
    "distinct by region": "SELECT region, count(DISTINCT customer) FROM rows GROUP BY region ORDER BY region",
    "by month in Zurich": "SELECT date_trunc('month', timezone('Europe/Zurich', timezone('UTC', sold_at))) AS m, count(*) FROM rows GROUP BY m ORDER BY m",
    "returned": "SELECT returned, count(*) / sum(count(*)) OVER () FROM rows GROUP BY returned",
    "extremes": "SELECT region, min(price), max(price) FROM rows GROUP BY region ORDER BY region",
}


def timed(work):
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def query(parquet):
    panels = {}
    for name, sql in PANELS.items():
        panels[name] = []
        for _ in range(TIMES):
            # A new connection has nothing in memory, as an engine that has not seen the file.
            connection = duckdb.connect()
            connection.execute(f"CREATE VIEW rows AS FROM read_parquet('{parquet}')")
            panels[name].append(timed(lambda: connection.execute(sql).fetchall()))
    return {"panels": panels}


match sys.argv[1:]:
    case ["make", csv, rows]:
        duckdb.execute(f"COPY ({ROWS.format(rows=int(rows))}) TO '{csv}' (HEADER)")
    case ["copy", csv, parquet]:
        took = timed(lambda: duckdb.execute(f"COPY (FROM read_csv('{csv}')) TO '{parquet}' (FORMAT parquet)"))
        print(json.dumps({"copy": took}))
    case ["query", parquet]:
        print(json.dumps(query(parquet)))
    case _:
        sys.exit(__doc__)
