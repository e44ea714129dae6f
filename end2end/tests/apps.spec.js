// Apps behind Rolecall: a real Plotly Dash on its own host and on a path, a WebSocket, and an app that is down.
import AxeBuilder from '@axe-core/playwright';

import { Dash, Echo } from '../support/apps.js';
import { expect, test as base } from '../support/fixtures.js';
import { ada, nora, reed, wren } from '../support/people.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { paths } from '../support/visitor.js';

const test = base.extend({
  /** Rolecall with its apps, and the address of each by name. */
  world: [
    async ({}, use) => {
      const port = await freePort();
      const rolecall = `http://127.0.0.1:${port}`;
      const [dash, trusted, echo] = await Promise.all([
        Dash.start({ rolecall, name: 'sales' }),
        Dash.start({ rolecall, name: 'trusted', prefix: '/apps/trusted/' }),
        Echo.start(),
      ]);
      const apps = {
        sales: { upstream: dash.upstream, role: 'write', title: 'Sales', summary: 'Orders by region', host: 'sales.localhost' },
        trusted: { upstream: trusted.upstream, role: 'read', title: 'Trusted sales', same_origin: 'trusted' },
        echo: { upstream: echo.upstream, role: 'read', title: 'Echo', host: 'echo.localhost' },
        down: { upstream: `http://127.0.0.1:${await freePort()}`, role: 'read', title: 'Stock', host: 'down.localhost' },
      };
      const settings = Object.entries(apps).flatMap(([name, keys]) =>
        Object.entries(keys).map(([key, value]) => [`ROLECALL_APPS__${name}__${key}`.toUpperCase(), value]),
      );
      const app = await Rolecall.start({ port, settings: Object.fromEntries(settings) });
      const at = (host) => `http://${host}:${port}`;
      await use({ app, dash, trusted, echo, sales: at('sales.localhost'), echoes: at('echo.localhost'), down: at('down.localhost') });
      await app.stop();
      await Promise.all([dash.stop(), trusted.stop(), echo.stop()]);
    },
    { scope: 'worker' },
  ],
  app: [async ({ world }, use) => use(world.app), { scope: 'worker' }],
});

/** Uses the Dash on the page as `person`. */
async function useDash(page, person) {
  await expect(page.getByRole('heading', { name: 'Sales' })).toBeVisible();
  await expect(page.getByText(`You are ${person.name}`)).toBeVisible();
  await expect(page.getByText('69 orders in the North')).toBeVisible();
  await expect(page.locator('#orders .bars .point').first()).toBeVisible();
  const updated = page.waitForResponse((response) => response.url().includes('/_dash-update-component'));
  await page.getByText('South', { exact: true }).click();
  expect((await updated).request().method()).toBe('POST');
  await expect(page.getByText('50 orders in the South')).toBeVisible();
}

test.describe('Plotly Dash on a host of its own', () => {
  for (const person of [ada, wren]) {
    test(`${person.name} signs in on the way, and uses it`, { tag: '@script' }, async ({ page, visitor, world }) => {
      await page.goto(`${world.sales}/?from=mail`);
      await visitor.choose(person.name);
      await page.waitForURL(`${world.sales}/?from=mail`);
      await useDash(page, person);
    });
  }

  for (const person of [reed, nora]) {
    test(`${person.name} lacks the role and gets nothing of it`, async ({ consoleWatch, page, visitor, world }) => {
      consoleWatch.expectStatus(403);
      const before = world.dash.requests.length;
      await page.goto(world.sales);
      const refused = page.waitForResponse((response) => new URL(response.url()).pathname === '/open/sales' && response.status() === 403);
      await visitor.choose(person.name);
      await refused;
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(person === nora ? 'You have no role yet' : /does not open/);
      const answer = await page.goto(`${world.sales}/_dash-layout`);
      expect(answer.status()).toBe(403);
      await visitor.open(paths.home);
      await expect(page.getByRole('link', { name: 'Sales', exact: true })).toHaveCount(0);
      expect(world.dash.requests.length).toBe(before);
    });
  }

  test('signing out there signs out everywhere', async ({ consoleWatch, page, visitor, world }) => {
    consoleWatch.expectStatus(401);
    await visitor.signIn(wren);
    await page.goto(world.sales);
    await page.goto(`${world.sales}/.rolecall/sign-out`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL((url) => url.pathname === paths.signedOut);
    await visitor.open(paths.home);
    await visitor.expectSignedOut();
    await page.goto(world.sales);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You signed out');
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await expect(page.getByRole('button', { name: /^Wren/ })).toBeVisible();
  });
});

test('Plotly Dash on a path of ours works as well', { tag: '@script' }, async ({ page, visitor, world }) => {
  await visitor.signIn(reed);
  await page.getByRole('link', { name: 'Trusted sales' }).click();
  await page.waitForURL(`${world.app.origin}/apps/trusted/`);
  await useDash(page, reed);
});

test('people find their apps on the front page and in the navigation', async ({ page, visitor, world }) => {
  await visitor.signIn(wren);
  const cards = page.getByRole('region', { name: 'Apps' }).getByRole('link');
  await expect(cards).toHaveText(['Stock', 'Echo', 'Sales', 'Trusted sales']);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Apps' }).click();
  await visitor.alive();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Apps');
  await page.getByRole('link', { name: 'Sales', exact: true }).click();
  await page.waitForURL(`${world.sales}/`);
  expect(world.dash.requests.at(-1)).toContain('GET /');
});

test('a WebSocket is cut when the person signs out in another tab', { tag: '@script' }, async ({ context, page, visitor, world }) => {
  await visitor.signIn(reed);
  const tab = await context.newPage();
  await tab.goto(world.echoes);
  await expect(tab.locator('#heard')).toHaveText('Hello, echo');
  expect(decodeURIComponent(world.echo.opened.at(-1)['x-rolecall-name'])).toContain('Reed');
  expect(world.echo.opened.at(-1).cookie).toBeUndefined();
  const signedOutAt = Date.now();
  await visitor.signOut();
  await expect(tab.locator('#state')).toHaveText('closed');
  const closedAt = await tab.evaluate(() => window.closedAt);
  expect(closedAt - signedOutAt, 'milliseconds from the click to the end').toBeLessThan(2_000);
});

const APPEARANCES = ['light', 'dark'].flatMap((colorScheme) =>
  [1280, 360].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
);

for (const appearance of APPEARANCES) {
  const { colorScheme, viewport } = appearance;
  test.describe(`In ${colorScheme} at ${viewport.width} px`, { tag: '@script' }, () => {
    test.use({ ...appearance, reducedMotion: 'reduce' });

    test('the pages around apps are accessible and fit', async ({ consoleWatch, page, visitor, world }) => {
      [400, 403, 404, 502].forEach((status) => consoleWatch.expectStatus(status));
      const inspect = async (name) => {
        await page.screenshot({ path: `artefacts/apps-${name}-${colorScheme}-${viewport.width}.png`, fullPage: true });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect.soft(violations.map(({ id }) => id), `${name}: what axe found`).toEqual([]);
        const overflow = await page.evaluate(() => document.body.scrollWidth - document.documentElement.clientWidth);
        expect.soft(overflow, `${name}: pixels that stick out to the right`).toBeLessThanOrEqual(0);
      };
      await visitor.signIn(reed);
      await inspect('home');
      await visitor.open('/apps');
      await inspect('list');
      await page.goto(`${world.sales}/`);
      await inspect('403');
      const down = await page.goto(`${world.down}/stock`);
      expect(down.status()).toBe(502);
      await expect(page.getByRole('main')).toContainText('Stock does not answer right now');
      await inspect('502');
      await page.goto(`${world.down}/.rolecall/enter?code=used`);
      await inspect('400');
      await page.goto(`${world.down}/.rolecall/sign-out`);
      await inspect('sign-out');
    });
  });
}
