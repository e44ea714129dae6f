// The account page: name and picture, and the role with its source.
import { expect, test } from '../support/fixtures.js';
import { ada, reed, wren } from '../support/people.js';
import { IndependentProvider } from '../support/provider.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

test('Ada finds her account in the menu under her name', async ({ page, visitor }) => {
  await visitor.signIn(ada);
  await visitor.openPersonMenu();
  await page.getByRole('banner').getByRole('link', { name: 'Your account' }).click();
  await page.waitForURL(`**${paths.account}`);
  await visitor.alive();
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  await expect(main).toContainText('You are signed in as ada@example.com with the demonstration provider');
  for (const text of ['Ada Vale', 'Head of Platform', 'Rolecall.Admin']) await expect(main).toContainText(text);
  await main.getByRole('link', { name: /ID token/ }).click();
  await page.waitForURL(`**${paths.token}`);
});

test('the picture is loaded from Rolecall, and shown', async ({ app, page, visitor }) => {
  await visitor.signIn(wren);
  const foreign = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${app.origin}/`) && !request.url().startsWith('data:')) foreign.push(request.url());
  });
  await visitor.open(paths.account);
  const picture = page.getByRole('main').locator('img');
  await expect(picture).toHaveAttribute('src', '/account/photo');
  await expect.poll(() => picture.evaluate((image) => image.complete && image.naturalWidth)).toBe(192);
  expect(foreign).toEqual([]);
});

test('initials are shown if there is no picture', async ({ page, visitor }) => {
  await visitor.signIn(reed);
  await visitor.open(paths.account);
  const main = page.getByRole('main');
  await expect(main.getByText('RM', { exact: true })).toBeVisible();
  await expect(main.locator('img')).toHaveCount(0);
  await expect(main).toContainText('Analyst');
});

test('a provider without Graph shows what its token says', async ({ browser, scripted }) => {
  const port = await freePort();
  const provider = await IndependentProvider.start(`http://127.0.0.1:${port}`);
  const app = await Rolecall.start({ port, settings: provider.settings });
  try {
    const context = await browser.newContext({ baseURL: app.origin, javaScriptEnabled: scripted });
    const page = await context.newPage();
    const visitor = new Visitor(page, { scripted });
    await visitor.open(paths.home);
    await visitor.signInButton('Op').click();
    await visitor.choose('Grace');
    await visitor.open(paths.account);
    const main = page.getByRole('main');
    await expect(main).toContainText('Grace of Op');
    await expect(main).toContainText('no further profile');
    await expect(main.locator('img')).toHaveCount(0);
    await context.close();
  } finally {
    await app.stop();
    await provider.stop();
  }
});
