// Rolecall without a mouse.
import { panels } from '../support/dashboard.js';
import { expect, test } from '../support/fixtures.js';
import { reed, wren } from '../support/people.js';
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
    const slider = chart.getByRole('slider');
    await slider.focus();
    const seen = new Set();
    const steps = { Home: '1', ArrowRight: '2', ArrowUp: '3', ArrowLeft: '2', ArrowDown: '1' };
    for (const [key, point] of Object.entries(steps)) {
      await page.keyboard.press(key);
      await expect(slider).toHaveAttribute('aria-valuenow', point);
      seen.add(await slider.getAttribute('aria-valuetext'));
    }
    expect(seen.size, 'different values read out').toBe(3);
    await page.keyboard.press('End');
    await expect(slider).toHaveAttribute('aria-valuenow', await slider.getAttribute('aria-valuemax'));
  }
});

test('turning the table keeps the focus, also at the end', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: `${paths.weather}?table.page=2` });
  const { table } = panels(page);
  const previous = table.getByRole('link', { name: 'Previous' });
  await previous.press('Enter');
  await expect(table.getByRole('status')).toHaveText(/^Page 1 of/);
  await expect(previous).toHaveAttribute('aria-disabled', 'true');
  await expect(previous).toBeFocused();
});

test('saving a note keeps the focus on the button', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  const { note } = panels(page);
  const button = note.getByRole('button', { name: 'Save note' });
  await button.press('Enter');
  await expect(note.getByRole('status')).toContainText(/saved by/i);
  await expect(button).toBeFocused();
});

test('a person signs in and out with the keyboard alone', async ({ page, visitor }) => {
  await visitor.open(paths.home);
  await visitor.signInButton().press('Enter');
  await page.getByRole('button', { name: /^Reed/ }).press('Enter');
  await visitor.personMenu().press('Enter');
  await visitor.signOutButton().press('Enter');
  await page.waitForURL((url) => url.pathname === paths.signedOut);
});
