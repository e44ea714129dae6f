// An app on its own host as companies run it: two names behind nginx as in docs/APPS.md, with TLS.
import { Echo } from '../support/apps.js';
import { launchOptions } from '../support/chromium.js';
import { expect, test as base } from '../support/fixtures.js';
import { makeCertificate } from '../support/https.js';
import { Nginx } from '../support/nginx.js';
import { IndependentProvider } from '../support/provider.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

const [HOST, APP_HOST] = ['rolecall.test', 'echo.test'];

const test = base.extend({
  /** Rolecall with an app, nginx in front of it, the provider, and the public addresses. */
  company: [
    async ({}, use) => {
      const [port, tlsPort, plainPort] = [await freePort(), await freePort(), await freePort()];
      const origin = `https://${HOST}:${tlsPort}`;
      const [provider, echo] = [await IndependentProvider.start(origin), await Echo.start()];
      const app = await Rolecall.start({
        port,
        settings: {
          ...provider.settings,
          ROLECALL_PUBLIC_URL: origin,
          ROLECALL_TRUSTED_PROXIES: Nginx.address,
          ROLECALL_APPS__ECHO__UPSTREAM: echo.upstream,
          ROLECALL_APPS__ECHO__HOST: APP_HOST,
          ROLECALL_APPS__ECHO__ROLE: 'write',
          ROLECALL_APPS__ECHO__TITLE: 'Echo',
        },
      });
      const { settings } = await makeCertificate(Rolecall.program, app.environment);
      const files = { cert: settings.ROLECALL_TLS__CERT, key: settings.ROLECALL_TLS__KEY };
      const nginx = await Nginx.start({ port, tlsPort, plainPort, ...files, appHost: APP_HOST });
      await use({ app, origin, echo, echoes: `https://${APP_HOST}:${tlsPort}` });
      await nginx.stop();
      await app.stop();
      await Promise.all([provider.stop(), echo.stop()]);
    },
    { scope: 'worker' },
  ],
  app: [async ({ company }, use) => use(company.app), { scope: 'worker' }],
  baseURL: async ({ company }, use) => use(company.origin),
});

const resolve = `--host-resolver-rules=MAP ${HOST} 127.0.0.1,MAP ${APP_HOST} 127.0.0.1`;
test.use({ ignoreHTTPSErrors: true, launchOptions: launchOptions(resolve) });

test('people reach the app through both names, and leave it at once', { tag: '@script' }, async ({ company, consoleWatch, context, page, visitor }) => {
  const { echo, echoes, origin } = company;
  consoleWatch.expectStatus(401);
  await page.goto(`${echoes}/`);
  await visitor.choose('Grace');
  await page.waitForURL(`${echoes}/`);
  await expect(page.locator('#heard')).toHaveText('Hello, echo');
  const told = echo.opened.at(-1);
  expect(told).toMatchObject({ 'x-rolecall-name': 'Grace of Op', 'x-forwarded-proto': 'https' });
  expect(told.cookie).toBeUndefined();
  expect(told['x-forwarded-host']).toContain(APP_HOST);

  const cookies = (at) => context.cookies(at).then((all) => all.map(({ name, domain }) => `${name} ${domain}`).sort());
  const [session, attempt, ...others] = await cookies(echoes);
  expect(session).toBe(`__Host-rolecall-app ${APP_HOST}`);
  expect(attempt).toMatch(/^__Host-rolecall-app-attempt-[\w-]{22} echo\.test$/);
  expect(others).toEqual([]);
  expect(await cookies(origin)).toContain(`__Host-rolecall ${HOST}`);

  const tab = await context.newPage();
  await tab.goto(`${origin}/`);
  await new Visitor(tab, { scripted: true }).askToSignOut();
  await expect(page.locator('#state')).toHaveText('closed');
  expect(await page.evaluate(() => fetch('/').then(({ status }) => status))).toBe(401);
});

// Case: return/long, several/first-tabs
test('tabs with long links arrive at the app', { tag: '@script' }, async ({ company, context, page, visitor }) => {
  const link = (at) => `${company.echoes}/?tab=${at}&q=%25&a=%22x+y%22&`.padEnd(company.echoes.length + 8192, '&');
  const tabs = await Promise.all([1, 2, 3].map(() => context.newPage()));
  await page.goto(company.origin);
  await visitor.signInButton('Op').click();
  await visitor.choose('Grace');
  await expect(visitor.personMenu()).toBeVisible();
  await Promise.all(tabs.map((tab, at) => tab.goto(link(at))));
  for (const [at, tab] of tabs.entries()) {
    await expect(tab.locator('#heard')).toHaveText('Hello, echo');
    expect(tab.url()).toBe(link(at));
  }
});

test('signing out on the app’s host also signs out at the provider', async ({ company, page, visitor }) => {
  await page.goto(`${company.echoes}/`);
  await visitor.choose('Grace');
  await page.waitForURL(`${company.echoes}/`);
  await page.goto(`${company.echoes}/.rolecall/sign-out`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign out of Op' }).click();
  await page.waitForURL(`${company.origin}${paths.signedOut}`);
  await visitor.open(paths.home);
  await visitor.expectSignedOut();
});

test('a person without the role reads why', async ({ company, consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(403);
  await page.goto(`${company.echoes}/`);
  await visitor.choose('Olga');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You have no role yet');
});
