// Every page in every appearance: axe-core finds nothing, nothing overflows, and a screenshot is kept.
import AxeBuilder from '@axe-core/playwright';

import { expect, test } from '../support/fixtures.js';
import { ada, nora, reed, wren } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

const APPEARANCES = ['light', 'dark'].flatMap((colorScheme) =>
  [1280, 360].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
);

/** Checks the current page, and stores a screenshot under `name`. */
async function inspect(page, name, { colorScheme, viewport }) {
  await page.screenshot({ path: `artefacts/${name}-${colorScheme}-${viewport.width}.png`, fullPage: true });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  expect.soft(found, `${name}: what axe found`).toEqual([]);
  const overflow = await page.evaluate(() => document.body.scrollWidth - document.documentElement.clientWidth);
  expect.soft(overflow, `${name}: pixels that stick out to the right`).toBeLessThanOrEqual(0);
}

for (const appearance of APPEARANCES) {
  test.describe(`In ${appearance.colorScheme} at ${appearance.viewport.width} px`, { tag: '@script' }, () => {
    test.use({ ...appearance, reducedMotion: 'reduce' });

    test('the pages before the sign-in are accessible and fit', async ({ consoleWatch, page, visitor }) => {
      [400, 404].forEach((status) => consoleWatch.expectStatus(status));
      const pages = { 'home-signed-out': paths.home, 'sign-in': paths.signIn, 'signed-out': paths.signedOut };
      for (const [name, path] of Object.entries(pages)) {
        await visitor.open(path);
        await inspect(page, name, appearance);
      }
      await page.goto('/no-such-page');
      await inspect(page, 'problem-404', appearance);
      await page.goto('/developers');
      await inspect(page, 'developers', appearance);
      await page.goto('/login/demo/authorized');
      await inspect(page, 'problem-400', appearance);
      await visitor.open(paths.home);
      await visitor.signInButton().click();
      await expect(page.getByRole('button', { name: /^Ada/ })).toBeVisible();
      await inspect(page, 'demonstration-provider', appearance);
    });

    test('the pages of a signed-in person are accessible and fit', async ({ page, visitor }) => {
      await visitor.signIn(ada);
      const admin = ['admin', 'adminSessions', 'adminUsers', 'adminUser', 'adminAudit', 'adminRequests', 'adminDecided', 'adminAccess', 'adminHealth'];
      for (const name of ['home', 'dashboards', 'weather', 'account', 'sessions', ...admin, 'token']) {
        await visitor.open(paths[name]);
        await inspect(page, name, appearance);
      }
      await page.locator('summary').filter({ hasText: /protocol/i }).click();
      await inspect(page, 'token-unfolded', appearance);
      await visitor.openPersonMenu();
      await inspect(page, 'menu', appearance);
    });

    test('the page of a person without a role is accessible and fits', async ({ consoleWatch, page, visitor }) => {
      consoleWatch.expectStatus(403);
      await visitor.signIn(nora);
      await page.goto(paths.weather);
      await inspect(page, 'problem-403', appearance);
      await page.getByLabel('What do you need the role Read for?').fill(`${'Long'.repeat(60)} <b>reason</b>`);
      await page.getByRole('button', { name: 'Request access' }).click();
      await expect(page.getByText('Waiting for an answer')).toBeVisible();
      await inspect(page, 'account-request', appearance);
      await page.goto(paths.weather);
      await inspect(page, 'problem-403-asked', appearance);
      await visitor.signOut();
      await visitor.signIn(ada);
      await visitor.open(paths.adminRequests);
      for (const details of await page.getByRole('main').locator('details').all()) await details.locator('summary').click();
      await inspect(page, 'admin-requests-open', appearance);
      await page.getByLabel('Why (the person reads it)').fill('Not now');
      await page.getByRole('button', { name: /^Decline the request/ }).click();
      await expect(page.getByText('No request is waiting.')).toBeVisible();
      await visitor.open(paths.adminDecided);
      await inspect(page, 'admin-requests-decided', appearance);
      await visitor.open(paths.adminAccess);
      for (const details of await page.getByRole('main').locator('details').all()) await details.locator('summary').click();
      await page.getByLabel('May this person …').fill('nora');
      await page.getByLabel('… see this?').fill(paths.weather);
      await page.getByRole('button', { name: 'Ask' }).click();
      await inspect(page, 'admin-access-answer', appearance);
      await visitor.open(paths.adminHealth);
      await page.getByRole('button', { name: 'Look now' }).click();
      await expect(page.getByRole('region', { name: 'Findings' })).toBeVisible({ timeout: 30_000 });
      await inspect(page, 'admin-health-findings', appearance);
      await visitor.open(paths.admin);
      await page.getByRole('button', { name: 'View as Read' }).click();
      await expect(page.getByRole('button', { name: 'See everything again' })).toBeVisible();
      await inspect(page, 'view-as', appearance);
      await page.getByRole('button', { name: 'See everything again' }).click();
      // A browser must not be closed during a navigation.
      await expect(page.getByRole('button', { name: 'See everything again' })).toHaveCount(0);
    });

    test('what is decided of a person is in order, and its entry in the audit', async ({ consoleWatch, page, visitor }) => {
      consoleWatch.expectStatus(403);
      await visitor.signIn(nora);
      await visitor.signOut();
      await visitor.signIn(ada);
      await visitor.open(paths.adminUsers);
      await page.getByRole('main').getByRole('link', { name: /^Nora/ }).click();
      await page.getByText('Give a role', { exact: true }).click();
      await inspect(page, 'admin-user-forms', appearance);
      const access = page.getByRole('region', { name: 'Access', exact: true });
      await access.getByLabel('Why (the person reads it)').fill(`${'Long'.repeat(60)} <b>reason</b>`);
      await access.getByRole('button', { name: 'Disable' }).click();
      await expect(access.getByRole('button', { name: 'Let in again' })).toBeVisible();
      await inspect(page, 'admin-user-disabled', appearance);
      await visitor.open(paths.adminUsers);
      await expect(page.getByRole('row', { name: /^Nora/ })).toContainText('Disabled');
      await inspect(page, 'admin-users-disabled', appearance);
      await page.getByRole('main').getByRole('link', { name: /^Nora/ }).click();
      await access.getByRole('button', { name: 'Let in again' }).click();
      await expect(access.getByRole('button', { name: 'Disable' })).toBeVisible();
      await visitor.open(`${paths.adminAudit}?kind=person_disabled`);
      await page.getByRole('region', { name: 'Audit', exact: true }).getByRole('rowheader').first().getByRole('link').click();
      await page.waitForURL(/\/admin\/audit\/\d+$/);
      await expect(page.getByRole('main')).toContainText('Hash of this entry');
      await inspect(page, 'admin-audit-entry', appearance);
    });

    test('the notices about a new browser are accessible and fit', async ({ app, browser, page, visitor }) => {
      await visitor.signIn(reed);
      const { colorScheme, viewport } = appearance;
      // Unused by other tests: version numbers in it are ignored.
      const userAgent = `Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0 ${colorScheme}${viewport.width > 360 ? 'wide' : 'narrow'}`;
      const context = await browser.newContext({ ...appearance, baseURL: app.origin, reducedMotion: 'reduce', userAgent });
      const other = new Visitor(await context.newPage(), { scripted: true });
      await other.signIn(reed);
      await other.open(paths.home);
      await expect(other.page.getByRole('region', { name: 'New browser' })).toContainText('You had not signed in with this browser before');
      await inspect(other.page, 'home-in-new-browser', appearance);
      await visitor.open(paths.home);
      const notice = page.getByRole('region', { name: 'New browser' });
      await expect(notice).toContainText('Somebody signed in as you with a browser that you had not used before');
      await inspect(page, 'home-told-of-new-browser', appearance);
      await notice.getByRole('button', { name: 'That was me' }).click();
      await expect(notice).toHaveCount(0);
      await context.close();
    });
  });
}

/** Names as providers send them. None is part of another. */
const NAMES = {
  long: 'W'.repeat(256),
  rightToLeft: 'שם ארוך מאוד של אדם שכותב מימין לשמאל '.repeat(6).trim(),
  markup: '<img src=x onerror=alert(1)><b>Bold</b> & "quoted"',
  emoji: '👩🏽‍🚀🏳️‍🌈'.repeat(24),
};

test.describe('On a phone', () => {
  test.use({ viewport: { width: 360, height: 800 } });

  // Case: admin/people, audit/names
  test('no name makes a page of administrators or the menu stick out', { tag: '@script' }, async ({ browser }) => {
    test.setTimeout(240_000);
    const app = await Rolecall.start();
    try {
      const context = await browser.newContext({ baseURL: app.origin, viewport: { width: 360, height: 800 } });
      const visitor = new Visitor(await context.newPage(), { scripted: true });
      const { page } = visitor;
      const others = await browser.newContext({ baseURL: app.origin });
      for (const person of [wren, reed, nora]) {
        const other = new Visitor(await others.newPage(), { scripted: true });
        await other.signIn(person);
        // Each is a live session, so the next person must not have its cookie.
        await others.clearCookies();
        await other.page.close();
      }
      await visitor.signIn(ada);
      await page.goto('about:blank');
      const people = [ada, wren, reed, nora];
      const asks = "INSERT INTO access_requests (id, user_id, role, reason, asked_at) SELECT lower(hex(randomblob(16))), id, 'admin', 'Because', created_at FROM users WHERE name NOT LIKE 'Ada%'";
      for (const [turn, name] of Object.values(NAMES).entries()) {
        // In each round everybody has another of the names.
        const nameOf = (at) => Object.values(NAMES)[(turn + at) % people.length];
        const cases = people.map((person, at) => `WHEN '${person.name.toLowerCase()}@example.com' THEN '${nameOf(at)}'`);
        await app.restart(async () => {
          if (turn === 0) await app.changeDatabase(asks);
          await app.changeDatabase(`UPDATE users SET name = CASE email ${cases.join(' ')} ELSE name END`);
        });
        for (const path of [paths.adminUsers, '/admin/users/1', '/admin/users/2', paths.adminSessions, paths.adminAudit, paths.adminRequests]) {
          await visitor.open(path);
          const overflow = await page.evaluate(() => document.body.scrollWidth - document.documentElement.clientWidth);
          expect.soft(overflow, `${path}: pixels that stick out to the right`).toBeLessThanOrEqual(0);
        }
        for (const path of [paths.adminUsers, paths.adminSessions, paths.adminAudit]) {
          await visitor.open(path);
          await expect(page.getByRole('main').getByText(name, { exact: true }).first(), path).toBeVisible();
        }
        await visitor.openPersonMenu();
        await expect(visitor.personMenu()).toContainText(name);
        const beyond = await page.locator('.site-menu').evaluate((menu) => {
          const { left, right } = menu.getBoundingClientRect();
          return Math.max(menu.scrollWidth - menu.clientWidth, -left, right - document.documentElement.clientWidth);
        });
        expect.soft(beyond, `the menu of ${name}: pixels that stick out`).toBeLessThanOrEqual(0);
        await page.screenshot({ path: `artefacts/names-menu-${turn}-360.png` });
        await page.goto('about:blank');
      }
      await Promise.all([context, others].map((of) => of.close()));
    } finally {
      await app.stop();
    }
  });

  test('the header takes one row, and its menu opens and closes by keyboard', async ({ page, visitor }) => {
    await visitor.signIn(ada);
    const banner = page.getByRole('banner');
    const [brand, button] = await Promise.all(
      [banner.getByRole('link', { name: 'Rolecall' }), visitor.menuButton()].map((thing) => thing.boundingBox()),
    );
    expect(Math.abs(brand.y + brand.height / 2 - (button.y + button.height / 2))).toBeLessThan(4);
    await expect(visitor.personMenu()).toBeHidden();

    await visitor.menuButton().focus();
    await page.keyboard.press('Enter');
    await expect(visitor.personMenu()).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(visitor.personMenu()).toBeHidden();

    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expect(banner.getByRole('link', { name: 'Home' })).toBeFocused();
    await banner.getByRole('link', { name: 'Dashboards' }).click();
    await expect(page).toHaveURL(/\/dashboards$/);
  });
});
