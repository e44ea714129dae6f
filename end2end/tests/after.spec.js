// What remains in a browser after a session has ended: pages that reload themselves, open pages, the Back button, and
// the fragment of the address that the next sign-in returns to.
import AxeBuilder from '@axe-core/playwright';

import { Dash, Echo } from '../support/apps.js';
import { launchOptions } from '../support/chromium.js';
import { expect, test as base } from '../support/fixtures.js';
import { reed, wren } from '../support/people.js';
import { IndependentProvider } from '../support/provider.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { paths } from '../support/visitor.js';

/** The settings of apps, as environment variables. */
const settingsOf = (apps) =>
  Object.fromEntries(
    Object.entries(apps).flatMap(([name, keys]) =>
      Object.entries(keys).map(([key, value]) => [`ROLECALL_APPS__${name}__${key}`.toUpperCase(), value]),
    ),
  );

const heading = (page) => page.getByRole('main').getByRole('heading', { level: 1 });
const signIn = (page) => page.getByRole('main').getByRole('link', { name: 'Sign in', exact: true });

const test = base.extend({
  /** A Rolecall with a Dash on its own host and one on a path, and an echo on a host. */
  world: [
    async ({}, use) => {
      const port = await freePort();
      const rolecall = `http://127.0.0.1:${port}`;
      const [dash, trusted, echo] = await Promise.all([
        Dash.start({ rolecall, name: 'sales' }),
        Dash.start({ rolecall, name: 'trusted', prefix: '/apps/trusted/' }),
        Echo.start(),
      ]);
      const settings = settingsOf({
        sales: { upstream: dash.upstream, role: 'read', host: 'sales.localhost' },
        trusted: { upstream: trusted.upstream, role: 'read', same_origin: 'trusted' },
        echo: { upstream: echo.upstream, role: 'read', host: 'echo.localhost' },
      });
      const app = await Rolecall.start({ port, settings });
      const at = (host) => `http://${host}:${port}`;
      await use({ app, sales: at('sales.localhost'), trusted: `${rolecall}/apps/trusted`, echoes: at('echo.localhost') });
      await app.stop();
      await Promise.all([dash.stop(), trusted.stop(), echo.stop()]);
    },
    { scope: 'worker' },
  ],
  app: [async ({ world }, use) => use(world.app), { scope: 'worker' }],
});

// With the back/forward cache, as people have it: Playwright disables it by default.
const withCache = { launchOptions: { ...launchOptions(), ignoreDefaultArgs: ['--disable-back-forward-cache'] } };
test.use(withCache);

// When a session ends, open requests of its apps are cut, whether a response or a WebSocket.
const CUT = /^error at http:\/\/(\w+\.localhost:\d+|127\.0\.0\.1:\d+\/apps)\/\S*: .*(ERR_INCOMPLETE_CHUNKED_ENCODING|WebSocket connection to)/;
test.beforeEach(({ consoleWatch }) => consoleWatch.expect(CUT));

for (const [name, place] of [
  ['a page of ours', ({ app }) => `${app.origin}${paths.weather}?page=2`],
  ['an app on a path', ({ trusted }) => `${trusted}/`],
  ['an app on a host', ({ echoes }) => `${echoes}/?a=b`],
]) {
  // Case: return/fragment
  test(`the fragment of ${name} is kept through the sign-in`, { tag: '@script' }, async ({ page, visitor, world }) => {
    await page.goto(`${place(world)}#panel-7`);
    await expect(page.getByRole('button', { name: /^Wren/ })).toBeVisible();
    await visitor.choose(wren.name);
    await page.waitForURL(`${place(world)}#panel-7`);
  });
}

// Case: return/fragment
test('the fragment is kept by the page that offers the sign-in, too', { tag: '@script' }, async ({ consoleWatch, page, visitor, world }) => {
  consoleWatch.expectStatus(401);
  await visitor.signIn(wren);
  await visitor.signOut();
  await page.goto(`${world.echoes}/?a=b#panel-7`);
  await expect(heading(page)).toHaveText('You signed out');
  await signIn(page).click();
  await visitor.choose(wren.name);
  await page.waitForURL(`${world.echoes}/?a=b#panel-7`);
});

test('going back from the provider returns to the page before', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.open(paths.home);
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('a'), { href: '/dashboards#x', rel: 'external', textContent: 'there' })));
  await page.getByRole('link', { name: 'there' }).click();
  await expect(page.getByRole('button', { name: /^Wren/ })).toBeVisible();
  await page.evaluate(() => history.back());
  await expect(page).toHaveURL((url) => url.pathname === paths.home);
});

for (const place of ['sales', 'trusted']) {
  // Case: app/session-notice
  test(`a Dash says that the session has ended (${place})`, { tag: '@script' }, async ({ consoleWatch, context, page, visitor, world }) => {
    consoleWatch.expectStatus(401);
    // Dash reads an unsuccessful response twice.
    consoleWatch.expect(/body stream already read[^]*dash_renderer/);
    await visitor.signIn(reed);
    const tab = await context.newPage();
    await tab.goto(`${world[place]}/`);
    await expect(tab.getByText('69 orders in the North')).toBeVisible();
    await expect(tab.getByRole('alert')).toHaveCount(0);
    await visitor.signOut();
    await tab.bringToFront();
    await tab.getByText('South', { exact: true }).click();
    await expect(tab.getByRole('alert')).toContainText('Your session ended.');
    await tab.screenshot({ path: `artefacts/session-ended-${place}.png` });
    await tab.getByRole('link', { name: 'Sign in again' }).click();
    await expect(heading(tab)).toHaveText('You signed out');
    await signIn(tab).click();
    await tab.getByRole('button', { name: /^Reed/ }).click();
    await expect(tab.getByText('69 orders in the North')).toBeVisible();
    await page.close();
  });
}

// Case: app/post-after-end
test('a form that comes too late leads back to its page', async ({ consoleWatch, context, page, visitor, world }) => {
  consoleWatch.expectStatus(401);
  await page.goto(`${world.echoes}/?order=new`);
  await visitor.choose(reed.name);
  await page.waitForURL(`${world.echoes}/?order=new`);
  await context.clearCookies();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('main')).toContainText('Nothing was saved');
  await signIn(page).click();
  await visitor.choose(reed.name);
  await page.waitForURL(`${world.echoes}/?order=new`);
});

// Case: app/back-after-sign-out
test('Back shows no page of the app after a sign-out there', { tag: '@script' }, async ({ consoleWatch, page, visitor, world }) => {
  consoleWatch.expectStatus(401);
  await page.goto(`${world.echoes}/plain`);
  await visitor.choose(reed.name);
  await expect(page.getByText('Plain page')).toBeVisible();
  await page.goto(`${world.echoes}/.rolecall/sign-out`);
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL((url) => url.pathname === paths.signedOut);
  await page.evaluate(() => history.go(-2));
  await expect(heading(page)).toHaveText('You signed out');
});

const silent = base.extend({
  /** A Rolecall, an app on a host and one on a path, and a provider that remembers sign-ins. */
  company: async ({}, use) => {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const [provider, echo] = await Promise.all([IndependentProvider.start(origin), Echo.start()]);
    const apps = settingsOf({
      echo: { upstream: echo.upstream, role: 'read', host: 'echo.localhost' },
      plain: { upstream: echo.upstream, role: 'read', same_origin: 'trusted' },
    });
    const app = await Rolecall.start({ port, settings: { ...provider.settings, ...apps } });
    await use({ origin, provider, echoes: `http://echo.localhost:${port}` });
    await app.stop();
    await Promise.all([provider.stop(), echo.stop()]);
  },
  baseURL: async ({ company }, use) => use(company.origin),
});

silent.use(withCache);

// Case: sign-out/stays-out
silent('pages that load themselves again sign nobody in after a sign-out', { tag: '@script' }, async ({ company, consoleWatch, context, page, visitor }) => {
  consoleWatch.expectStatus(401);
  await page.goto(paths.dashboards);
  await visitor.choose('Grace');
  await expect(visitor.personMenu()).toBeVisible();
  const places = [`${company.echoes}/plain?poll`, `${company.origin}/apps/plain/plain?poll`];
  const tabs = [];
  for (const place of places) {
    const tab = await context.newPage();
    await tab.goto(place);
    await expect(tab.getByText('Plain page')).toBeVisible();
    tabs.push(tab);
  }
  const asked = company.provider.authorizations.length;
  // The provider asks whether to sign out there, too, and nobody answers: its session continues.
  await page.bringToFront();
  await visitor.askToSignOut();
  await expect(page.getByRole('button', { name: 'Sign out of Op' })).toBeVisible();
  for (const tab of tabs) await expect(heading(tab)).toHaveText('You signed out');
  expect(company.provider.authorizations.length).toBe(asked);
  for (const [at, tab] of tabs.entries()) {
    await tab.bringToFront();
    await signIn(tab).click();
    await tab.waitForURL(places[at]);
    await expect(tab.getByText('Plain page')).toBeVisible();
  }
});

const APPEARANCES = ['light', 'dark'].flatMap((colorScheme) =>
  [1280, 360].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
);

for (const appearance of APPEARANCES) {
  const { colorScheme, viewport } = appearance;
  test.describe(`In ${colorScheme} at ${viewport.width} px`, { tag: '@script' }, () => {
    test.use({ ...appearance, reducedMotion: 'reduce' });

    test('the pages after a session are accessible and fit', async ({ consoleWatch, context, page, visitor, world }) => {
      consoleWatch.expectStatus(401);
      const inspect = async (name) => {
        await page.screenshot({ path: `artefacts/after-${name}-${colorScheme}-${viewport.width}.png`, fullPage: true });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect.soft(violations.map(({ id }) => id), `${name}: what axe found`).toEqual([]);
        const overflow = await page.evaluate(() => document.body.scrollWidth - document.documentElement.clientWidth);
        expect.soft(overflow, `${name}: pixels that stick out to the right`).toBeLessThanOrEqual(0);
      };
      await visitor.signIn(reed);
      await visitor.signOut();
      await page.goto(`${world.echoes}/`);
      await expect(heading(page)).toHaveText('You signed out');
      await inspect('signed-out');
      await signIn(page).click();
      await visitor.choose(reed.name);
      await page.waitForURL(`${world.echoes}/`);
      await context.clearCookies();
      await page.getByRole('button', { name: 'Send' }).click();
      await expect(page.getByRole('main')).toContainText('Nothing was saved');
      await inspect('not-saved');
    });
  });
}
