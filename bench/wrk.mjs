// Puts load on one route with wrk, and measures the cost for the program that answers.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { endAtExit } from './cleanup.mjs';
import { send } from './http.mjs';

const run = promisify(execFile);

const THREADS = 2;
const CONNECTIONS = 16;
const WARM_UP_SECONDS = 1;
const SECONDS = 5;

/** Puts load on `url` for this many seconds. Returns the number of answered requests, in total and per second. */
async function wrk(url, headers, seconds) {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const running = run('wrk', [`-t${THREADS}`, `-c${CONNECTIONS}`, `-d${seconds}s`, ...given, url]);
  endAtExit(running.child);
  const { stdout } = await running;
  const number = (pattern) => Number(stdout.match(pattern)?.[1]);
  const counted = { requests: number(/(\d+) requests in/), perSecond: number(/Requests\/sec:\s+([\d.]+)/) };
  if (/Socket errors|Non-2xx/.test(stdout) || !counted.requests) {
    throw new Error(`Not every request to ${url} was answered well.\n${stdout}`);
  }
  return counted;
}

/**
 * Measures one route of `program` under load.
 *
 * @param {import('./program.mjs').Program} program who answers
 * @param {{ path: string, headers?: object, expected?: string }} route `expected` must be in the answer, so that it is
 *   the meant one
 * @returns {Promise<{ cpuSeconds: number, perSecond: number, bytes: number }>} the program's CPU time for one request,
 *   requests a second, and the size of the answer's body as sent
 */
export async function measureRoute(program, { path, headers = {}, expected = '' }) {
  const url = program.origin + path;
  const { status, body } = await send(url, { headers });
  if (status !== 200 || !body.includes(expected)) {
    throw new Error(`${path} was answered with ${status}, or with something else than meant.`);
  }
  await wrk(url, headers, WARM_UP_SECONDS);
  const before = program.cpuSeconds();
  const { requests, perSecond } = await wrk(url, headers, SECONDS);
  return { cpuSeconds: (program.cpuSeconds() - before) / requests, perSecond, bytes: body.length };
}
