// The ways to sign in: by a deep link, in two tabs at once, after a refusal, and after a restart.
import { expect, test } from '../support/fixtures.js';
import { ada, reed, wren } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

// Case: return/own-page
test('a deep link opens its page after the sign-in', async ({ page, visitor }) => {
  const deep = `${paths.weather}?page=3`;
  await visitor.open(deep);
  await expect(page).toHaveURL((url) => url.pathname === paths.provider);
  await visitor.choose(wren.name);
  await page.waitForURL(`**${deep}`);
  await expect(visitor.personMenu()).toBeVisible();
});

test('"Sign in" in the header leads straight to the one provider, and back to the page', async ({ page, visitor }) => {
  await visitor.open('/developers');
  await page.getByRole('banner').getByRole('link', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL((url) => url.pathname === paths.provider);
  await visitor.choose(reed.name);
  await page.waitForURL('**/developers');
  await expect(visitor.personMenu()).toBeVisible();
});

// Case: several/two-tabs
test('two tabs sign in at once and both arrive', async ({ context, page, scripted, visitor }) => {
  const other = new Visitor(await context.newPage(), { scripted });
  const tabs = [visitor, other];
  for (const tab of tabs) {
    await tab.open(paths.home);
    await tab.signInButton().click();
    await expect(tab.page.getByRole('button', { name: /^Ada/ })).toBeVisible();
  }
  for (const tab of tabs) {
    await tab.choose(ada.name);
    await expect(tab.personMenu()).toBeVisible();
  }
  await page.reload();
  await expect(visitor.personMenu()).toBeVisible();
});

// Case: several/back-after-sign-in
test('going back after the sign-in is harmless', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(400);
  await visitor.signIn(ada);
  let steps = 0;
  while (await page.goBack(), page.url() !== 'about:blank') {
    steps += 1;
    // Whether this is the provider's page or one of ours, it must be neither another person's page nor an error of
    // ours.
    await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible();
  }
  expect(steps).toBeGreaterThan(0);
  await visitor.open(paths.weather);
  await expect(page.getByRole('banner')).toContainText(ada.name);
  await expect(visitor.personMenu()).toBeVisible();
});

test('a person who declines is told so and can try again', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(400);
  await visitor.open(paths.home);
  await visitor.signInButton().click();
  await visitor.choose('Decline');
  const main = page.getByRole('main');
  await expect(main).toContainText('declined');
  await visitor.expectSignedOut();
  await main.getByRole('link', { name: 'Try again' }).click();
  await visitor.choose(reed.name);
  await expect(visitor.personMenu()).toBeVisible();
});

test('a restart of the server signs nobody out', async ({ consoleWatch, page, visitor }) => {
  // The open page keeps asking in the meantime.
  consoleWatch.expect(/net::ERR_/);
  const own = await Rolecall.start();
  try {
    await visitor.signIn(ada, { from: own.origin });
    await own.restart();
    await page.reload();
    await expect(page.getByRole('banner')).toContainText(ada.name);
    await expect(visitor.personMenu()).toBeVisible();
  } finally {
    await own.stop();
  }
});

test('signing out in one tab ends the other one too', async ({ consoleWatch, context, scripted, visitor }) => {
  consoleWatch.expectStatus(401);
  await visitor.signIn(wren);
  const other = new Visitor(await context.newPage(), { scripted });
  await other.open(paths.weather);
  await visitor.signOut();
  expect(await other.open(paths.weather)).toBe(401);
  await expect(other.page.getByRole('heading', { level: 1 })).toHaveText('You signed out');
});
