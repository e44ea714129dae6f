// The API, tested by schemathesis: everything that its description allows, and much that it does not.
import { spawn } from 'node:child_process';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '../support/fixtures.js';
import { Rolecall } from '../support/rolecall.js';
import { secrets } from '../support/secrets.js';

const SCHEMATHESIS = fileURLToPath(new URL('../.venv/bin/schemathesis', import.meta.url));
const CONFIGURATION = fileURLToPath(new URL('../support/schemathesis.toml', import.meta.url));
/** The number of requests that it generates for each operation in each phase; the same ones in each run. */
const BOUNDS = ['--max-examples', '25', '--generation-deterministic', '--suppress-health-check', 'all'];

/** Runs schemathesis against `origin` with further arguments. Returns its exit status, output, and every request with its response. */
async function ask(origin, ...further) {
  await access(SCHEMATHESIS).catch(() => {
    throw new Error(`There is no ${SCHEMATHESIS}: run scripts/setup python.`);
  });
  const folder = await mkdtemp(join(tmpdir(), 'rolecall-api-'));
  try {
    const report = join(folder, 'report.har');
    const reporting = ['--report', 'har', '--report-har-path', report];
    const command = ['--config-file', CONFIGURATION, 'run', `${origin}/api/v1/openapi.json`, ...BOUNDS, ...reporting, ...further];
    // In a temporary folder, so that nothing is left behind.
    const child = spawn(SCHEMATHESIS, command, { cwd: folder, env: { ...process.env, NO_COLOR: '1' } });
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    child.stderr.on('data', (text) => (said += text));
    const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    const { log } = JSON.parse(await readFile(report, 'utf8'));
    return { status, said, exchanges: log.entries };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** It tries invalid tokens, and none, more often than anybody would in a minute. */
const settings = { ROLECALL_LIMITS__API_FAILURES_PER_MINUTE: '1000000' };

/** An access token of the demonstration for `person`. */
async function tokenOf(origin, person) {
  const answer = await fetch(`${origin}/demo/api-token`, { method: 'POST', body: new URLSearchParams({ person }) });
  const tokens = await answer.json();
  secrets.noteAmong(tokens);
  return tokens.access_token;
}

// No browser is involved, so one project is enough.
test.describe('schemathesis', { tag: '@script' }, () => {
  test.setTimeout(300_000);

  test.beforeEach(({ page }) => page.close());

  // Case: api/schema
  test('finds nothing wrong with a token', async () => {
    const app = await Rolecall.start({ settings });
    try {
      const token = await tokenOf(app.origin, 'ada');
      const header = ['--header', `Authorization: Bearer ${token}`];
      const { status, said, exchanges } = await ask(app.origin, '--checks', 'all', ...header);
      expect(status, said).toBe(0);
      const answered = exchanges.filter(({ response }) => response.status === 200);
      const paths = new Set(answered.map(({ request }) => new URL(request.url).pathname));
      for (const path of ['me', 'secure-data', 'dashboards', 'dashboards/weather']) {
        expect(paths, said).toContain(`/api/v1/${path}`);
      }
      expect([...paths].some((path) => path.startsWith('/api/v1/dashboards/weather/panels/'))).toBe(true);
    } finally {
      await app.stop();
    }
  });

  // Case: api/schema, api/no-token
  test('gets nothing without one', async () => {
    const app = await Rolecall.start({ settings });
    try {
      const checks = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';
      const { status, said, exchanges } = await ask(app.origin, '--checks', checks);
      expect(status, said).toBe(0);
      const asked = exchanges.filter(({ request }) => !request.url.endsWith('/openapi.json'));
      expect(asked.length).toBeGreaterThan(50);
      // It also generates headers of its own, which are refused as invalid.
      const hasToken = ({ request }) => request.headers.some(({ name }) => name.toLowerCase() === 'authorization');
      expect(asked.filter(({ response }) => ![400, 401].includes(response.status))).toEqual([]);
      const without = asked.filter((exchange) => !hasToken(exchange));
      expect(new Set(without.map(({ response }) => response.status)), said).toEqual(new Set([401]));
    } finally {
      await app.stop();
    }
  });
});
