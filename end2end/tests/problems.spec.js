// Problem pages: they say what happened and what to do next.
import { expect, test } from '../support/fixtures.js';
import { reed } from '../support/people.js';
import { paths } from '../support/visitor.js';

for (const path of ['/no-such-page', '/account/no-such-page', '/dashboards/weather/no-such-page']) {
  test(`${path} is answered with the page for 404`, async ({ consoleWatch, page, visitor }) => {
    consoleWatch.expectStatus(404);
    await visitor.signIn(reed);
    const response = await page.goto(path);
    expect(response.status()).toBe(404);
    const main = page.getByRole('main');
    await expect(main.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(main.getByRole('link')).not.toHaveCount(0);
    const requestId = response.headers()['x-request-id'];
    expect(requestId).toBeTruthy();
    await expect(main).toContainText(requestId);
  });
}

test('a dashboard that does not exist is not found', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(404);
  await visitor.signIn(reed);
  expect((await page.goto('/dashboards/no-such-dashboard')).status()).toBe(404);
  await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toHaveText('There is no such page');
  await expect(page).toHaveTitle('There is no such page · Rolecall');
});

test('a callback that nobody began is answered with the page for 400', async ({ consoleWatch, page }) => {
  consoleWatch.expectStatus(400);
  for (const query of ['', '?code=x&state=y', '?error=access_denied&state=y', '?state=%FF', '?code=a&code=b&state=c']) {
    const response = await page.goto(`/login/demo/authorized${query}`);
    expect(response.status(), query).toBe(400);
    await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible();
  }
});

test('a page that needs a sign-in leads to the one provider there is', async ({ page, visitor }) => {
  for (const path of [paths.dashboards, paths.weather, paths.account]) {
    await visitor.open(path);
    await expect(page).toHaveURL((url) => url.pathname === paths.provider);
  }
});
