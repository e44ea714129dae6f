// Each of the four people signs in, sees what their role may open and nothing else, and signs out.
import { closedTo, panels, traces } from '../support/dashboard.js';
import { expect, test } from '../support/fixtures.js';
import { Overheard } from '../support/overheard.js';
import { members, nora } from '../support/people.js';
import { paths } from '../support/visitor.js';

for (const person of members) {
  test.describe(`${person.name}, whose role is ${person.role},`, () => {
    test.beforeEach(async ({ visitor }) => visitor.signIn(person));

    test('sees name, role and dashboards at once', async ({ page }) => {
      const banner = page.getByRole('banner');
      await expect(banner).toContainText(person.name);
      await expect(banner.locator('.badge')).toHaveText(person.role);
      // A dashboard that was viewed before comes first, and is also in the list of all dashboards.
      await page.getByRole('main').getByRole('link', { name: /weather/i }).first().click();
      await page.waitForURL(`**${paths.weather}`);
      await expect(page.getByRole('heading', { level: 1, name: /weather/i })).toBeVisible();
    });

    test('finds the dashboard in the list of dashboards', async ({ page, visitor }) => {
      expect(await visitor.open(paths.dashboards)).toBe(200);
      await expect(page.getByRole('main').getByRole('link', { name: /weather/i })).toBeVisible();
    });

    test('gets the panels of the role and no trace of the others', async ({ app, page, visitor }) => {
      const overheard = new Overheard(page, app.origin);
      expect(await visitor.open(paths.weather)).toBe(200);
      const shown = panels(page);
      for (const [kind, panel] of Object.entries(shown)) {
        const count = kind === 'charts' ? 2 : 1;
        await expect(panel, kind).toHaveCount(person.sees.includes(kind) ? count : 0);
      }
      for (const { url, text } of await overheard.answers()) {
        for (const trace of closedTo(person).flatMap((kind) => traces[kind])) {
          expect(text, `${url} of ${person.name}`).not.toMatch(trace);
        }
      }
    });

    // Case: several/back-after-sign-out
    test('is signed out by the button, and Back shows nothing of the session', async ({ consoleWatch, page, visitor }) => {
      consoleWatch.expectStatus(401);
      await visitor.open(paths.weather);
      await visitor.signOut();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.goBack();
      await visitor.expectSignedOut();
      // The page asks for a sign-in again: nothing of it comes from a cache.
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('You signed out');
      for (const panel of Object.values(panels(page))) await expect(panel).toHaveCount(0);
    });
  });
}

test('Nora, who has no role, is told what to ask for and gets in nowhere', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(403);
  await visitor.signIn(nora);
  await expect(page.getByRole('main')).toContainText(
    'Ask an administrator to assign you the app role Rolecall.Read, then sign out and in again.',
  );
  expect((await page.goto(paths.weather)).status()).toBe(403);
  await expect(page.getByRole('main')).toContainText('Rolecall.Read');
  for (const panel of Object.values(panels(page))) await expect(panel).toHaveCount(0);
  expect((await page.goto(paths.dashboards)).status()).toBe(403);
  await expect(page.getByRole('main')).toContainText('Rolecall.Read');
});
