// The machine and the time of a measurement.
import { execFileSync } from 'node:child_process';
import os from 'node:os';

/** Date, revision, machine and compiler, on one line. */
export function circumstances() {
  const date = new Date().toISOString().slice(0, 10);
  const revision = output('git', 'describe', '--always', '--dirty');
  const machine = `${os.availableParallelism()} × ${os.cpus()[0]?.model.trim()}, Linux ${os.release()}`;
  return [date, revision, machine, output('rustc', '--version')].filter(Boolean).join(' · ');
}

/** The output of a program; undefined if it cannot be run. */
function output(program, ...args) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
