// Compares data sets with DuckDB on the same files: `node bench/data.mjs IMPORT QUERIES ROLECALL [ROWS…]`, with the
// executables of the examples `import` and `queries` of crates/data, and of Rolecall, whose CPU time for cached panels
// is measured as well.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

import { circumstances } from './circumstances.mjs';
import { scratchFolder } from './cleanup.mjs';
import { duckDb, writeSales } from './duckdb.mjs';
import { percentile } from './numbers.mjs';
import { Program } from './program.mjs';
import { PROVIDER, startProvider } from './provider.mjs';
import { ROWS, importSales, salesDashboard } from './sales_dashboard.mjs';
import { signIn } from './sign_in.mjs';
import { measureRoute } from './wrk.mjs';

/** About 500 MB of CSV. */
const ROWS_OF_IMPORT = 5_800_000;
/** The other formats: extension, number of rows, and the maximum memory in MB that their import may need. */
const OTHER_IMPORTS = [
  ['NDJSON', 'ndjson', 2_500_000, 128],
  ['Parquet', 'parquet', ROWS_OF_IMPORT, 128],
  ['XLSX', 'xlsx', 1_000_000, 512],
];

const say = (what) => console.error(`==> ${what}`);

/** Runs a program. Returns its output and its peak memory in MB. */
function run(program, args) {
  // GNU time is not installed everywhere; Python is.
  const watch = `import resource, subprocess, sys
print(subprocess.run(sys.argv[1:], check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 // -1_000_000 * -1)`;
  const { status, stdout, stderr } = spawnSync('python3', ['-c', watch, program, ...args], { encoding: 'utf8', maxBuffer: 1e9 });
  if (status !== 0) throw new Error(`${program} failed.\n${stderr}`);
  const lines = stdout.trim().split('\n');
  return { memory: Number(lines.pop()), printed: lines.join('\n') };
}

const ms = (value) => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;
const verdict = (isMet) => (isMet ? 'yes' : 'NO');

const [importer, queries, rolecallFile, ...sizes] = process.argv.slice(2);
if (!rolecallFile) {
  console.error('Give the executables: node bench/data.mjs IMPORT QUERIES ROLECALL [ROWS…]');
  process.exit(2);
}
say('Installing DuckDB');
const [python, script] = duckDb();
console.log(`\n${circumstances()}\n`);

for (const rows of sizes.length > 0 ? sizes.map(Number) : [1_000_000, 10_000_000]) {
  say(`Making ${rows} rows`);
  const folder = scratchFolder();
  const csv = join(folder, 'rows.csv');
  writeSales([python, script], csv, rows);
  run(importer, [csv, join(folder, 'rows.parquet')]);
  const size = Math.round(statSync(join(folder, 'rows.parquet')).size / 1e6);
  say('Asking');
  const ours = run(queries, [folder, 'rows.parquet', String(rows)]);
  const theirs = JSON.parse(run(python, [script, 'query', join(folder, 'rows.parquet')]).printed);
  const { panels, cached, dashboards } = JSON.parse(ours.printed);
  const isMillion = rows === 1_000_000;
  console.log(`| ${rows.toLocaleString('en-US')} rows, ${size} MB Parquet | Median | 95 % | DuckDB, median | Ratio | Target | Met |`);
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | --- |');
  for (const [name, times] of Object.entries(panels)) {
    const [median, high, other] = [percentile(times, 0.5), percentile(times, 0.95), percentile(theirs.panels[name], 0.5)];
    const isMet = median <= 2 * other && (!isMillion || high <= 120);
    const target = isMillion ? '≤ 120 ms, ≤ 2 ×' : '≤ 2 ×';
    console.log(`| ${[name, ms(median), ms(high), ms(other), (median / other).toFixed(2), target, verdict(isMet)].join(' | ')} |`);
  }
  const [hit, hits] = [percentile(cached, 0.5), percentile(cached, 0.95)];
  console.log(`| the same again, kept, in the engine alone | ${ms(hit)} | ${ms(hits)} | | | ≤ 1 ms | ${verdict(hits <= 1)} |`);
  const [all, alls] = [percentile(dashboards, 0.5), percentile(dashboards, 0.95)];
  const target = isMillion ? '≤ 500 ms' : '';
  console.log(`| all ten at once | ${ms(all)} | ${ms(alls)} | | | ${target} | ${isMillion ? verdict(alls <= 500) : ''} |`);
  console.log(`| memory of the process, highest | ${ours.memory} MB | | | | ≤ 400 MB | ${verdict(ours.memory <= 400)} |\n`);
}

say('Asking the server for what is kept');
const { provider, settings } = await startProvider(rolecallFile);
const dataFolder = scratchFolder();
importSales(rolecallFile, dataFolder, settings, [python, script]);
const server = await Program.rolecall(rolecallFile, { dataFolder, settings, dashboards: { sales: salesDashboard(0) } });
await server.firstAnswerMs('/health/live');
const headers = { accept: 'text/html', cookie: await signIn(server.origin, PROVIDER, 'reed') };
const KEPT = [
  ['The page of one chart, with its values', '/dashboards/sales/panels/p4', 'Panel 4'],
  ['The page of one table', '/dashboards/sales/panels/p9', 'Panel 9'],
  ['The dashboard of all ten', '/dashboards/sales', 'Panel 9'],
];
console.log(`| Kept panels over ${ROWS.toLocaleString('en-US')} rows, asked of the running server | CPU time of a request | Target | Met |`);
console.log('| --- | ---: | ---: | --- |');
for (const [name, path, expected] of KEPT) {
  // The measurement follows a second of warm-up requests, so everything is cached by then.
  const tookMs = (await measureRoute(server, { path, headers, expected })).cpuSeconds * 1000;
  console.log(`| ${[name, ms(tookMs), '≤ 1 ms', verdict(tookMs <= 1)].join(' | ')} |`);
}
console.log('');
await server.stop();
await provider.stop();

say('Importing');
const folder = scratchFolder();
const csv = join(folder, 'import.csv');
writeSales([python, script], csv, ROWS_OF_IMPORT);
const begunMs = performance.now();
const imported = run(importer, [csv, join(folder, 'imported.parquet')]);
const tookMs = performance.now() - begunMs;
const { copy } = JSON.parse(run(python, [script, 'copy', csv, join(folder, 'copied.parquet')]).printed);
const size = Math.round(statSync(csv).size / 1e6);
console.log(`| CSV of ${size} MB | Time | DuckDB, COPY | Ratio | Target | Memory | Target | Met |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
| import | ${ms(tookMs)} | ${ms(copy)} | ${(tookMs / copy).toFixed(2)} | ≤ 2 × | ${imported.memory} MB | ≤ 128 MB | ${verdict(tookMs <= 2 * copy && imported.memory <= 128)} |`);

console.log('\n| Import of | Rows | Size | Time | Memory | Target | Met |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |');
for (const [format, ending, rows, most] of OTHER_IMPORTS) {
  say(`Importing ${format}`);
  const file = join(folder, `import-other.${ending}`);
  writeSales([python, script], file, rows);
  const begunMs = performance.now();
  const { memory } = run(importer, [file, join(folder, `imported-${ending}.parquet`)]);
  const took = ms(performance.now() - begunMs);
  const size = `${Math.round(statSync(file).size / 1e6)} MB`;
  console.log(`| ${[format, rows.toLocaleString('en-US'), size, took, `${memory} MB`, `≤ ${most} MB`, verdict(memory <= most)].join(' | ')} |`);
}
process.exit();
