// Administrators: a session that they end is refused at the next click, with the reason.
import { expect, test } from '../support/fixtures.js';
import { ada, wren } from '../support/people.js';
import { paths, Visitor } from '../support/visitor.js';

/** In a session that has ended: opens the page with the reason. With JavaScript the page has noticed the end already, and shows a message. */
async function goOn({ page }, scripted) {
  if (!scripted) return page.getByRole('banner').getByRole('link', { name: 'Dashboards' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are signed out');
}

test('an administrator ends a session, and the next click in it says so', async ({ app, browser, consoleWatch, page, scripted, visitor }) => {
  consoleWatch.expectStatus(401);
  const context = await browser.newContext({ baseURL: app.origin, javaScriptEnabled: scripted });
  const other = new Visitor(await context.newPage(), { scripted });
  await other.signIn(wren);
  await visitor.signIn(ada);
  await page.getByRole('banner').getByRole('link', { name: 'Admin' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Sessions' }).click();
  await page.getByLabel('Person').fill('wren');
  await page.getByRole('button', { name: 'Show' }).click();
  // The newest is first; other tests may have left more.
  const rows = page.getByRole('row').filter({ hasText: 'Wren' });
  const count = await rows.count();
  await rows.first().getByRole('button', { name: /^End the session of Wren/ }).click();
  await expect(rows).toHaveCount(count - 1);

  await goOn(other, scripted);
  await expect(other.page.getByRole('main')).toContainText('An administrator ended this session.');
  await context.close();

  await page.goto(`${paths.admin}/audit?kind=sessions_ended`);
  await expect(page.getByRole('main')).toContainText('Sessions ended');
});

test('somebody ends their session in another browser', async ({ app, browser, page, scripted, visitor }) => {
  const context = await browser.newContext({ baseURL: app.origin, javaScriptEnabled: scripted });
  const other = new Visitor(await context.newPage(), { scripted });
  await other.signIn(ada);
  await visitor.signIn(ada);
  await visitor.open(paths.account);
  await page.getByRole('main').getByRole('link', { name: /sessions/ }).click();
  await expect(page.getByText('This browser')).toBeVisible();
  await page.getByRole('button', { name: 'End all other sessions' }).click();
  await expect(page.getByRole('button', { name: 'End all other sessions' })).toHaveCount(0);
  await goOn(other, scripted);
  await expect(other.page.getByRole('main')).toContainText('You ended this session from another browser.');
  await context.close();
});
