// Every page in every appearance: axe-core finds nothing, nothing sticks out, and a screenshot is kept for people.
import AxeBuilder from '@axe-core/playwright';

import { expect, test } from '../support/fixtures.js';
import { ada, nora } from '../support/people.js';
import { paths } from '../support/visitor.js';

const APPEARANCES = ['light', 'dark'].flatMap((colorScheme) =>
  [1280, 360].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
);

/** Looks at the page as it stands, under the name `name`. */
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

    test('the pages before the sign-in are in order', async ({ consoleWatch, page, visitor }) => {
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

    test('the pages of somebody who is signed in are in order', async ({ page, visitor }) => {
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

    test('the page of somebody without a role is in order', async ({ consoleWatch, page, visitor }) => {
      consoleWatch.expectStatus(403);
      await visitor.signIn(nora);
      await page.goto(paths.weather);
      await inspect(page, 'problem-403', appearance);
      await page.getByLabel('What do you need the role Read for?').fill(`${'Long'.repeat(60)} <b>reason</b>`);
      await page.getByRole('button', { name: 'Request access' }).click();
      await expect(page.getByText('Waits for an answer')).toBeVisible();
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
      await expect(page.getByText('Nobody waits for an answer.')).toBeVisible();
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
      // No browser is closed in the middle of a navigation.
      await expect(page.getByRole('button', { name: 'See everything again' })).toHaveCount(0);
    });
  });
}

test.describe('On a phone', () => {
  test.use({ viewport: { width: 360, height: 800 } });

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
