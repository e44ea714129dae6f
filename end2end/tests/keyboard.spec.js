// Rolecall without a mouse.
import { panels } from '../support/dashboard.js';
import { expect, test } from '../support/fixtures.js';
import { reed } from '../support/people.js';
import { paths } from '../support/visitor.js';

test('the first Tab stop skips to the content', async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  await visitor.open(paths.weather);
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: /skip/i });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('charts answer to the arrow keys', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  for (const chart of await panels(page).charts.all()) {
    await chart.getByRole('group', { name: /arrow keys/ }).focus();
    const seen = new Set();
    for (const key of ['ArrowRight', 'ArrowRight', 'End', 'Home']) {
      await page.keyboard.press(key);
      seen.add(await chart.locator('[aria-live]').innerText());
    }
    expect(seen.size, 'different values read out').toBe(3);
  }
});

test('a person signs in and out with the keyboard alone', async ({ page, visitor }) => {
  await visitor.open(paths.home);
  await visitor.signInButton().press('Enter');
  await page.getByRole('button', { name: /^Reed/ }).press('Enter');
  await visitor.signOutButton().press('Enter');
  await page.waitForURL((url) => url.pathname === paths.signedOut);
});
