// https without a proxy, as `make run TLS=1` starts it: with the certificate made by the program.
import { stat } from 'node:fs/promises';

import { expect, test as base } from '../support/fixtures.js';
import { wren } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { paths } from '../support/visitor.js';

const test = base.extend({
  app: [
    async ({}, use) => {
      const app = await Rolecall.start({ tls: true });
      await use(app);
      await app.stop();
    },
    { scope: 'worker' },
  ],
});

test.use({ ignoreHTTPSErrors: true });

test('people sign in at the demonstration provider and out', async ({ app, context, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  const cookies = await context.cookies(app.origin);
  expect(cookies.find((cookie) => cookie.name === '__Host-rolecall')).toMatchObject({ secure: true, httpOnly: true });
  await visitor.signOut();
  await visitor.expectSignedOut();
});

test('HTTP/2 is spoken @script', async ({ page, visitor }) => {
  await visitor.open(paths.home);
  const protocol = await page.evaluate(() => performance.getEntriesByType('navigation')[0].nextHopProtocol);
  expect(protocol).toBe('h2');
});

test('only the owner can read the key', async ({ app }) => {
  const { mode } = await stat(app.environment.ROLECALL_TLS__KEY);
  expect(mode & 0o777).toBe(0o600);
});
