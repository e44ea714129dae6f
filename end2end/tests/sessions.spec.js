// What becomes of a session while an independent, certified provider changes its mind: tokens that are refreshed, roles
// that change, people who leave, and sign-outs that begin at the provider.
import { panels } from '../support/dashboard.js';
import { expect, test as base } from '../support/fixtures.js';
import { IndependentProvider } from '../support/provider.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { paths } from '../support/visitor.js';

const test = base.extend({
  /** What is particular about the provider, and about Rolecall's settings for it. */
  provided: [{}, { option: true }],
  settings: [{}, { option: true }],
  port: async ({}, use) => use(await freePort()),
  provider: async ({ provided, port }, use) => {
    const provider = await IndependentProvider.start(`http://127.0.0.1:${port}`, provided);
    await use(provider);
    await provider.stop();
  },
  rolecall: async ({ port, provider, settings }, use) => {
    const rolecall = await Rolecall.start({ port, settings: { ...provider.settings, ...settings } });
    await use(rolecall);
    await rolecall.stop();
  },
  baseURL: async ({ rolecall }, use) => use(rolecall.origin),
});

/** Signs Grace in. */
async function signIn(visitor) {
  await visitor.open(paths.home);
  await visitor.signInButton('Op').click();
  await visitor.choose('Grace');
  await expect(visitor.personMenu()).toBeVisible();
  await visitor.alive();
}

test.describe('with tokens that last seconds', () => {
  test.use({
    provided: { accessTokenSeconds: 4 },
    settings: { ROLECALL_PROVIDERS__OP__SCOPES: 'openid,profile,email,offline_access' },
  });

  // Case: refresh/works
  test('they are refreshed again and again, and a role that changes counts', async ({ page, provider, visitor }) => {
    await signIn(visitor);
    await visitor.open(paths.weather);
    await expect(panels(page).note).toBeVisible();

    provider.accounts.grace.roles = ['Rolecall.Read'];
    await expect(async () => {
      expect(await visitor.open(paths.weather)).toBe(200);
      await expect(panels(page).note).toHaveCount(0, { timeout: 100 });
    }).toPass();

    // Each of these gave a new refresh token, and took back the one before.
    await expect(async () => {
      expect(await visitor.open(paths.weather)).toBe(200);
      expect(provider.refreshes).toBeGreaterThan(2);
    }).toPass();
  });

  test('somebody who has left the company is out', async ({ consoleWatch, provider, visitor }) => {
    // The small previews of a page can be asked for after the moment at which the session ends.
    consoleWatch.expectStatus(401);
    await signIn(visitor);
    delete provider.accounts.grace;
    await expect(async () => {
      await visitor.open(paths.home);
      await expect(visitor.personMenu()).toHaveCount(0, { timeout: 100 });
    }).toPass();
    await expect(visitor.signInButton('Op')).toBeVisible();
  });
});

// Case: backchannel/valid
test('signing out at the provider ends the session here', async ({ context, page, provider, visitor }) => {
  await signIn(visitor);
  const there = await context.newPage();
  await there.goto(`${provider.issuer}/session/end`);
  await there.getByRole('button', { name: 'Sign out of Op' }).click();
  // The provider tells Rolecall before it answers.
  await expect(there.getByText('You are signed out of Op.')).toBeVisible();
  await page.goto(paths.weather);
  await page.waitForURL((url) => url.origin === provider.issuer);
  await visitor.open(paths.home);
  await visitor.expectSignedOut();
});

// Case: several/two-tabs
test('two tabs sign in at once', async ({ context, page, visitor }) => {
  const other = await context.newPage();
  await page.goto(paths.weather);
  await other.goto(paths.dashboards);
  await page.getByRole('button', { name: /^Grace/ }).click();
  await page.waitForURL((url) => url.pathname === paths.weather);
  await other.getByRole('button', { name: /^Grace/ }).click();
  await other.waitForURL((url) => url.pathname === paths.dashboards);
  for (const path of [paths.weather, paths.dashboards]) expect(await visitor.open(path)).toBe(200);
});
