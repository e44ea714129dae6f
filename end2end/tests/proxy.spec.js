// Rolecall as companies run it: behind nginx, which terminates TLS, with an independent provider on another site.
import { launchOptions } from '../support/chromium.js';
import { expect, test as base } from '../support/fixtures.js';
import { ask, makeCertificate } from '../support/https.js';
import { Nginx } from '../support/nginx.js';
import { IndependentProvider } from '../support/provider.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

const HOST = 'rolecall.test';

const test = base.extend({
  /** Rolecall, nginx in front of it, the provider, and the public address. */
  company: [
    async ({}, use) => {
      const [port, tlsPort, plainPort] = [await freePort(), await freePort(), await freePort()];
      const origin = `https://${HOST}:${tlsPort}`;
      const provider = await IndependentProvider.start(origin);
      const app = await Rolecall.start({
        port,
        settings: {
          ...provider.settings,
          ROLECALL_PUBLIC_URL: origin,
          ROLECALL_TRUSTED_PROXIES: Nginx.address,
          ROLECALL_LOG: 'json',
          ROLECALL_LOG_FILTER: 'info,rolecall=debug',
        },
      });
      const { settings, cert } = await makeCertificate(Rolecall.program, app.environment);
      const files = { cert: settings.ROLECALL_TLS__CERT, key: settings.ROLECALL_TLS__KEY };
      const nginx = await Nginx.start({ port, tlsPort, plainPort, ...files });
      await use({ app, provider, origin, tlsPort, plainPort, cert });
      await nginx.stop();
      await app.stop();
      await provider.stop();
    },
    { scope: 'worker' },
  ],
  app: [async ({ company }, use) => use(company.app), { scope: 'worker' }],
  baseURL: async ({ company }, use) => use(company.origin),
});

test.use({ ignoreHTTPSErrors: true, launchOptions: launchOptions(`--host-resolver-rules=MAP ${HOST} 127.0.0.1`) });

/** The lines of the log, parsed. */
function logged(app) {
  return app.log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** The log line about the request with this answer. */
async function lineOf(app, answer) {
  const id = answer.headers['x-request-id'];
  const find = () => logged(app).find((line) => line.message === 'answered' && line.span?.request_id === id);
  await expect.poll(find).toBeTruthy();
  return find();
}

/** Sends a request to nginx as a program that may send any header. */
function askProxy({ tlsPort, cert }, path, headers = {}) {
  const options = { ca: cert, servername: HOST, headers: { host: `${HOST}:${tlsPort}`, ...headers } };
  return ask(`https://127.0.0.1:${tlsPort}${path}`, options);
}

test('people sign in and out', async ({ company, context, page, visitor }) => {
  const { app, origin } = company;
  const callback = page.waitForRequest((request) => new URL(request.url()).searchParams.has('code'));
  const response = await page.goto(paths.home);
  expect(response.headers()['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
  await visitor.alive();
  await visitor.signInButton('Op').click();
  await visitor.choose('Grace');
  expect((await callback).url().split('?')[0]).toBe(`${origin}/login/op/authorized`);
  await expect(visitor.personMenu()).toBeVisible();
  await visitor.alive();

  const session = (await context.cookies(origin)).find((cookie) => cookie.name === '__Host-rolecall');
  expect(session).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Lax', path: '/', domain: HOST });
  const signedIn = logged(app).find((line) => line.event === 'signed_in');
  expect(signedIn).toMatchObject({ provider: 'op', span: { client: '127.0.0.1' } });
  expect(signedIn.ip).toContain('127.0.0.1');

  await visitor.askToSignOut();
  await page.getByRole('button', { name: 'Sign out of Op' }).click();
  await page.waitForURL(`${origin}${paths.signedOut}`);
  await visitor.expectSignedOut();
});

// Case: live/decisions
test('a decision reaches an open page through the proxy', { tag: '@script' }, async ({ browser, company, page, visitor }) => {
  const { origin, provider } = company;
  const signIn = async (somebody, name) => {
    await somebody.open(paths.home);
    await somebody.signInButton('Op').click();
    await somebody.choose(name);
    await expect(somebody.personMenu()).toBeVisible();
    await somebody.alive();
  };
  const context = await browser.newContext({ baseURL: origin, ignoreHTTPSErrors: true });
  const administrator = new Visitor(await context.newPage(), { scripted: true });
  provider.accounts.olga.roles = ['Rolecall.Admin'];
  await signIn(administrator, 'Olga');
  await signIn(visitor, 'Grace');
  const isStream = (answer) =>
    new URL(answer.url()).pathname === '/live' && answer.headers()['content-type']?.startsWith('text/event-stream');
  const listening = page.waitForResponse(isStream);
  await visitor.open(paths.home);
  await listening;
  const badge = page.getByRole('banner').locator('.badge');
  await expect(badge).toHaveText('Write');

  await administrator.page.goto(paths.adminUsers);
  await administrator.page.getByRole('main').getByRole('link', { name: /^Grace/ }).click();
  await administrator.page.getByText('Give a role', { exact: true }).click();
  await administrator.page.getByRole('combobox', { name: 'Role' }).selectOption('admin');
  await administrator.page.getByLabel('Why (the person reads it)').first().fill('Helps');
  await administrator.page.getByRole('button', { name: 'Give role' }).click();
  await expect(page.locator('#role-changed')).toContainText('Your role has changed.');
  await expect(badge).toHaveText('Admin');

  await administrator.page.getByRole('button', { name: /^Take back the role/ }).click();
  await expect(badge).toHaveText('Write');
  await administrator.page.getByRole('button', { name: 'End all' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are signed out');
  await expect(page.getByRole('main')).toContainText('An administrator ended this session.');
  provider.accounts.olga.roles = [];
  await context.close();
});

// Case: return/long
test('a link of eight kilobytes arrives as it was', async ({ company, page, visitor }) => {
  const link = `${paths.dashboards}?q=%25&a=%22x+y%22&`.padEnd(8192, '&');
  await page.goto(link);
  await visitor.choose('Grace');
  await expect(visitor.personMenu()).toBeVisible();
  expect(page.url()).toBe(company.origin + link);
});

test('plain http is redirected to https', async ({ company, page, visitor }) => {
  await page.goto(`http://${HOST}:${company.plainPort}/sign-in?return_to=%2Fdashboards`);
  await expect(page).toHaveURL(`${company.origin}/sign-in?return_to=%2Fdashboards`);
  await visitor.alive();
  await expect(visitor.signInButton('Op')).toBeVisible();
});

test('forwarding headers of a client are ignored', async ({ company }) => {
  const { app } = company;
  const honest = await askProxy(company, '/sign-in');
  expect(honest.status).toBe(200);
  expect((await lineOf(app, honest)).span.client).toBe('127.0.0.1');
  const lies = {
    'x-forwarded-for': '198.51.100.66',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'evil.test',
    forwarded: 'for=198.51.100.66;host=evil.test;proto=http',
  };
  const lying = await askProxy(company, '/sign-in', lies);
  expect(lying.status).toBe(200);
  expect((await lineOf(app, lying)).span.client).toBe('127.0.0.1');
  // The provider accepts only the registered redirect URI, so the request succeeds only with that one.
  const begun = await askProxy(company, '/login/op', lies);
  expect(begun.status).toBe(303);
  const atProvider = await ask(begun.headers.location);
  expect(atProvider.status).toBe(303);
  expect(atProvider.headers.location).toMatch(/^\/interaction\//);
});

test('forwarding headers of a client that bypasses the proxy are ignored', async ({ company }) => {
  const answer = await ask(`${company.app.origin}/sign-in`, { headers: { 'x-forwarded-for': '198.51.100.66' } });
  expect((await lineOf(company.app, answer)).span.client).toBe('127.0.0.1');
});

test('a request to a foreign host is only redirected to the right one', async ({ company }) => {
  const foreign = { host: 'evil.test', accept: 'text/html' };
  const moved = await askProxy(company, '/dashboards', foreign);
  expect(moved.status).toBe(307);
  expect(moved.headers.location).toBe(`${company.origin}/dashboards`);
  const refused = await askProxy(company, '/api/session', { ...foreign, accept: 'application/json' });
  expect(refused.status).toBe(421);
});
