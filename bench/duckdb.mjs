// DuckDB, for comparison with data sets. It is installed from PyPI into a temporary folder.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { scratchFolder } from './cleanup.mjs';

const PACKAGE = 'duckdb==2.0.1';
const SCRIPT = fileURLToPath(new URL('data.py', import.meta.url));

/** Installs it. Returns the program and the first arguments of every call, to which those of `data.py` are added. */
export function duckDb() {
  const folder = scratchFolder();
  const python = join(folder, 'bin/python');
  execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', PACKAGE]);
  return [python, SCRIPT];
}

/** Writes a file of sales with this many rows, in the format of its extension (csv, ndjson, parquet, xlsx). `data.py` defines the columns. */
export function writeSales([python, script], file, rows) {
  execFileSync(python, [script, 'make', file, String(rows)]);
}
