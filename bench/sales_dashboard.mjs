// A dashboard of ten panels over a million sales, and the import of their rows. bench/data.py defines the columns.
import { join } from 'node:path';

import { scratchFolder } from './cleanup.mjs';
import { duckDb, writeSales } from './duckdb.mjs';
import { runCommand } from './program.mjs';

/** How many rows there are. */
export const ROWS = 1_000_000;

/** The kind, the calculation, and the rest. */
const PANELS = [
  ['figure', '{ compute = "count" }, { compute = "sum", of = "price" }', ''],
  ['line', '{ compute = "sum", of = "price" }', 'by = { column = "day", step = "month" }'],
  ['line', '{ compute = "count" }', 'by = { column = "day", step = "week" }'],
  ['bar', '{ compute = "sum", of = "price" }', 'by = { column = "day", step = "year" }\nsplit = { column = "region" }\nstacked = true'],
  ['bar', '{ compute = "sum", of = "price" }', 'by = { column = "product" }\nsort = { by = "value", order = "descending" }\nlimit = 10'],
  ['bar', '{ compute = "median", of = "price" }', 'by = { column = "region" }'],
  ['bar', '{ compute = "distinct", of = "customer" }', 'by = { column = "region" }'],
  ['line', '{ compute = "count" }', 'by = { column = "sold_at", step = "month" }'],
  ['bar', '{ compute = "share" }', 'by = { column = "returned" }'],
  ['table', '{ compute = "minimum", of = "price" }, { compute = "maximum", of = "price" }', 'by = { column = "region" }'],
];

/** The document of a dashboard that differs for each number: it filters by other products. Its panels are `p0` to `p9`. */
export function salesDashboard(number) {
  const filter = `filters = [{ column = "product", is_not = ["Product ${number}"] }]`;
  const panel = ([kind, measures, rest], index) =>
    `[[panels]]\nid = "p${index}"\ntitle = "Panel ${index}"\nkind = "${kind}"\ndataset = "sales"\nmeasures = [${measures}]\n${filter}\n${rest}\n`;
  return `format = 1\ntitle = "Dashboard ${number}"\nzone = "Europe/Zurich"\n\n${PANELS.map(panel).join('\n')}`;
}

/**
 * Imports the rows as the data set `sales`.
 *
 * @param {string} file the executable of Rolecall
 * @param {string} dataFolder its data folder
 * @param {object} settings those of the server that has the folder later
 * @param {[string, string]} duck how DuckDB is called, which makes the rows
 */
export function importSales(file, dataFolder, settings, duck = duckDb()) {
  const csv = join(scratchFolder(), 'sales.csv');
  writeSales(duck, csv, ROWS);
  runCommand(file, ['import', csv, '--name', 'sales'], dataFolder, settings);
}
