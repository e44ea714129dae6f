"""What bench/data.mjs asks of DuckDB: `data.py make FILE ROWS` writes rows, as CSV, NDJSON, Parquet or a spreadsheet by the ending
of the file, `data.py copy CSV PARQUET` times their import, and
`data.py query PARQUET` the same panels as crates/data/examples/queries.rs. Each prints a line of JSON, times in ms."""

import datetime
import json
import sys
import time
import zipfile

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


# The options that DuckDB needs for a file with that extension.
FORMATS = {"csv": "HEADER", "ndjson": "FORMAT json", "parquet": "FORMAT parquet"}

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# Everything in a workbook except its rows and texts. Cells of style 1 are dates, those of style 2 timestamps.
WORKBOOK = {
    "[Content_Types].xml": f"""<Types xmlns="{PACKAGE}/content-types">
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Default Extension="xml" ContentType="application/xml"/>
        <Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
        <Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
        <Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>
        <Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>
        </Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
        <Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}">
        <sheets><sheet name="Sales" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
        <Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>
        <Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>""",
    "xl/styles.xml": f"""<styleSheet xmlns="{SHEET}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>
        <borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
        <cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs>
        </styleSheet>""",
}


def letter(column):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[column]


def spreadsheet(file, rows):
    """Row by row, as spreadsheet programs write them: each text once, and dates as numbers."""
    texts = {}
    epoch = datetime.datetime(1899, 12, 30)

    def cell(value, at):
        match value:
            case None:
                return ""
            case bool():
                return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
            case str():
                return f'<c r="{at}" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'
            case datetime.datetime():
                return f'<c r="{at}" s="2"><v>{(value - epoch) / datetime.timedelta(days=1)}</v></c>'
            case datetime.date():
                return f'<c r="{at}" s="1"><v>{(value - epoch.date()).days}</v></c>'
            case _:
                return f'<c r="{at}"><v>{value}</v></c>'

    answer = duckdb.execute(ROWS.format(rows=rows))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in WORKBOOK.items():
            archive.writestr(name, part)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            last = f"{letter(len(answer.description) - 1)}{rows + 1}"
            sheet.write(f'<worksheet xmlns="{SHEET}"><dimension ref="A1:{last}"/><sheetData>'.encode())
            number, some = 1, [[column[0] for column in answer.description]]
            while some:
                for row in some:
                    cells = "".join(cell(value, f"{letter(at)}{number}") for at, value in enumerate(row))
                    sheet.write(f'<row r="{number}">{cells}</row>'.encode())
                    number += 1
                some = answer.fetchmany(10_000)
            sheet.write(b"</sheetData></worksheet>")
        items = "".join(f"<si><t>{text}</t></si>" for text in texts)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{SHEET}">{items}</sst>')


def make(file, rows):
    ending = file.rsplit(".", 1)[1]
    if ending == "xlsx":
        spreadsheet(file, rows)
    else:
        duckdb.execute(f"COPY ({ROWS.format(rows=rows)}) TO '{file}' ({FORMATS[ending]})")


def timed(work):
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def query(parquet):
    panels = {}
    for name, sql in PANELS.items():
        panels[name] = []
        for _ in range(TIMES):
            # A new connection has nothing cached, like an engine that has not read the file yet.
            connection = duckdb.connect()
            connection.execute(f"CREATE VIEW rows AS FROM read_parquet('{parquet}')")
            panels[name].append(timed(lambda: connection.execute(sql).fetchall()))
    return {"panels": panels}


match sys.argv[1:]:
    case ["make", file, rows]:
        make(file, int(rows))
    case ["copy", csv, parquet]:
        took = timed(lambda: duckdb.execute(f"COPY (FROM read_csv('{csv}')) TO '{parquet}' (FORMAT parquet)"))
        print(json.dumps({"copy": took}))
    case ["query", parquet]:
        print(json.dumps(query(parquet)))
    case _:
        sys.exit(__doc__)
