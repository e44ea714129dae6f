// An open page whose session has ended in the meantime: nothing is lost, and no page claims that a person is signed in.
import { panels } from '../support/dashboard.js';
import { expect, test } from '../support/fixtures.js';
import { wren } from '../support/people.js';
import { paths } from '../support/visitor.js';

test.beforeEach(async ({ context, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  await context.clearCookies();
});

test('saving the note asks to sign in, and the draft stays', { tag: '@script' }, async ({ consoleWatch, page }) => {
  consoleWatch.expectStatus(401);
  const { note } = panels(page);
  await note.getByRole('textbox').fill('A draft without a session');
  await note.getByRole('button', { name: 'Save note' }).click();
  await expect(note.getByRole('status')).toContainText('You are signed out');
  await expect(note.getByRole('link', { name: /sign in/ })).toBeVisible();
  await expect(note.getByRole('textbox')).toHaveValue('A draft without a session');
});

test('the link "Dashboards" of the header leads to the provider', async ({ page, visitor }) => {
  await page.getByRole('banner').getByRole('link', { name: 'Dashboards', exact: true }).click();
  await expect(page).toHaveURL((url) => url.pathname === paths.provider);
  await visitor.expectSignedOut();
});

// Case: account/token-signed-out
test('the page of the token says that nobody is signed in, and waits', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(401);
  await visitor.openPersonMenu();
  await page.getByRole('banner').getByRole('link', { name: 'Your token' }).click();
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { level: 1 })).toHaveText('You are not signed in');
  await visitor.expectSignedOut();
  await main.getByRole('link', { name: 'Sign in' }).click();
  await visitor.choose(wren.name);
  await page.waitForURL(`**${paths.token}`);
  await expect(visitor.personMenu()).toBeVisible();
});

test('the link "Home" of the header leads to a page that knows nobody', async ({ page, visitor }) => {
  await page.getByRole('banner').getByRole('link', { name: 'Home', exact: true }).click();
  await page.waitForURL((url) => url.pathname === paths.home);
  await expect(visitor.signInButton()).toBeVisible();
  await visitor.expectSignedOut();
});
