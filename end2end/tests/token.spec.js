// The page of the ID token: every claim in words, and never the token itself.
import { expect, test } from '../support/fixtures.js';
import { Overheard } from '../support/overheard.js';
import { members } from '../support/people.js';
import { paths } from '../support/visitor.js';

/** The beginning of every JSON Web Token: `{"` in base64url. */
const RAW_TOKEN = /eyJ/;

for (const person of members) {
  test(`${person.name} reads the claims of the ID token`, async ({ page, visitor }) => {
    await visitor.signIn(person);
    expect(await visitor.open(paths.token)).toBe(200);
    const main = page.getByRole('main');
    await expect(main).toContainText(person.name);
    await expect(main).toContainText(`Rolecall.${person.role}`);
    for (const claim of ['name', 'roles']) await expect(main.getByText(claim, { exact: true })).toBeVisible();
  });
}

test('the claims of the protocol are collapsed until they are opened', async ({ page, visitor }) => {
  await visitor.signIn(members[0]);
  await visitor.open(paths.token);
  const main = page.getByRole('main');
  const issuer = main.getByText('iss', { exact: true });
  await expect(issuer).toBeAttached();
  await expect(issuer).toBeHidden();
  await main.locator('summary').filter({ hasText: /protocol/i }).click();
  await expect(issuer).toBeVisible();
});

// Case: account/token
test('the remaining time is updated, and the summary for support is copied', { tag: '@script' }, async ({ page, visitor }) => {
  await page.addInitScript(() => {
    const writeText = async (text) => (window.copied = text);
    Object.defineProperty(navigator, 'clipboard', { value: { writeText } });
  });
  await visitor.signIn(members[0]);
  await visitor.open(paths.token);
  await expect(page.locator('#time-left')).toHaveText(/left$/);
  const over = () => page.getByRole('progressbar', { name: 'How much of the token’s time is over' }).evaluate(({ value }) => value);
  const before = await over();
  await expect.poll(over).toBeGreaterThan(before);
  await page.locator('summary').filter({ hasText: 'Summary for support' }).click();
  const summary = await page.locator('#support-summary').inputValue();
  expect(summary).toContain('Role that counts: Admin');
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(page.locator('#copied')).toHaveText('Copied.');
  expect(await page.evaluate(() => window.copied)).toBe(summary);
});

test('an expired token is no longer counted down', { tag: '@script' }, async ({ page, visitor }) => {
  await page.clock.install();
  await visitor.signIn(members[0]);
  await visitor.open(paths.token);
  await expect(page.locator('#time-left')).toHaveText(/left$/);
  await page.clock.fastForward(4 * 24 * 3_600_000);
  await expect(page.locator('#time-left')).toHaveText('It has ended');
  const bar = page.getByRole('progressbar', { name: 'How much of the token’s time is over' });
  await bar.evaluate((of) => (of.value = 0));
  await page.clock.runFor(5_000);
  await expect(bar).toHaveJSProperty('value', 0);
});

test('without a script the summary can be selected', { tag: '@no-script' }, async ({ page, visitor }) => {
  await visitor.signIn(members[0]);
  await visitor.open(paths.token);
  await page.locator('summary').filter({ hasText: 'Summary for support' }).click();
  await expect(page.locator('#support-summary')).toHaveValue(/Role that counts: Admin/);
  await expect(page.getByRole('button', { name: 'Copy', exact: true })).toHaveCount(0);
});

test('no answer of any page holds a raw token', async ({ app, page, visitor }) => {
  await visitor.signIn(members[0]);
  const overheard = new Overheard(page, app.origin);
  for (const path of ['/api/session', paths.dashboards, paths.weather, paths.token, paths.home]) {
    await page.goto(path);
    await overheard.answers();
  }
  await visitor.alive();
  await visitor.openPersonMenu();
  await page.getByRole('banner').getByRole('link', { name: 'Your token' }).click();
  await page.waitForURL(`**${paths.token}`);
  await expect(page.getByRole('main')).toContainText('Rolecall.Admin');
  const answers = await overheard.answers();
  expect(answers.length).toBeGreaterThan(5);
  for (const { url, text } of answers) expect(text, url).not.toMatch(RAW_TOKEN);
});
