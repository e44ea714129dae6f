// Ends and removes everything that was started or written here when the measurements end, for whatever reason.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRATCH = mkdtempSync(join(tmpdir(), 'rolecall-bench-'));
const running = new Set();
let folders = 0;

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(SCRATCH, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

/** A new, empty folder that is removed at the end. */
export function scratchFolder() {
  const folder = join(SCRATCH, String((folders += 1)));
  mkdirSync(folder);
  return folder;
}

/** Ends `child` at the end if it still runs: by its id, so that no other process is hit. */
export function endAtExit(child) {
  running.add(child);
  const forget = () => running.delete(child);
  child.once('exit', forget);
  child.once('error', forget);
}
