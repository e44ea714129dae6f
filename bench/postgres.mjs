// A temporary PostgreSQL server for a measurement: on a socket in a folder that is removed at the end, without a port.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { endAtExit, scratchFolder } from './cleanup.mjs';

/** Where Debian installs the programs, with a folder for each version. */
const DEBIAN = '/usr/lib/postgresql';
/** The user that Debian runs PostgreSQL as: it refuses to run as root. */
const UNPRIVILEGED = 'postgres';
const ANSWERS_WITHIN_MS = 30_000;

/** The folder of the programs: one on `PATH`, or that of the latest version. */
function programs() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => b - a) : [];
  const folders = [...process.env.PATH.split(delimiter), ...versions.map((version) => join(DEBIAN, version, 'bin'))];
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
  if (!found) throw new Error('PostgreSQL is missing. Install it (Debian: apt-get install postgresql) and try again.');
  return found;
}

/**
 * Starts it, with the settings that it has after its installation, but for what is written when: nothing waits for a disk.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} the address of its database
 */
export async function startPostgres() {
  const folder = scratchFolder();
  const data = join(folder, 'data');
  const bin = programs();
  const options = { cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] };
  if (process.getuid() === 0) {
    const id = (which) => Number(execFileSync('id', [which, UNPRIVILEGED], { encoding: 'utf8' }));
    Object.assign(options, { uid: id('-u'), gid: id('-g') });
    chownSync(folder, options.uid, options.gid);
    // The parent folder belongs to root, but must be accessible.
    chmodSync(dirname(folder), 0o711);
  }
  const cluster = ['-U', 'rolecall', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '-D', data];
  execFileSync(join(bin, 'initdb'), cluster, options);
  const server = ['-F', '-h', '', '-k', folder, '-D', data, '-c', 'log_min_messages=fatal'];
  const child = spawn(join(bin, 'postgres'), server, options);
  endAtExit(child);
  const ended = new Promise((done) => child.once('exit', done));
  const sinceMs = performance.now();
  while (!isReady(folder)) {
    if (child.exitCode !== null || performance.now() - sinceMs > ANSWERS_WITHIN_MS) {
      throw new Error('PostgreSQL did not start.');
    }
    await wait(50);
  }
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  return { url: `postgres://rolecall@localhost/postgres?host=${folder}`, stop };
}

function isReady(folder) {
  try {
    execFileSync('pg_isready', ['-q', '-h', folder, '-U', 'rolecall', '-d', 'postgres'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
