// On what and when something was measured.
import { execFileSync } from 'node:child_process';
import os from 'node:os';

/** Date, revision, machine and compiler, in a line. */
export function circumstances() {
  const date = new Date().toISOString().slice(0, 10);
  const revision = output('git', 'describe', '--always', '--dirty');
  const machine = `${os.availableParallelism()} × ${os.cpus()[0]?.model.trim()}, Linux ${os.release()}`;
  return [date, revision, machine, output('rustc', '--version')].filter(Boolean).join(' · ');
}

/** What a program prints; nothing when it cannot be asked. */
function output(program, ...args) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
