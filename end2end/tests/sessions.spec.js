// Sessions while an independent, certified provider changes its answers: refreshed tokens, changed roles, people who
// leave, and sign-outs that begin at the provider.
import { panels } from '../support/dashboard.js';
import { expect, test as base } from '../support/fixtures.js';
import { IndependentProvider } from '../support/provider.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { paths } from '../support/visitor.js';

const test = base.extend({
  /** Options of the provider, and Rolecall's settings for it. */
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
  test('tokens are refreshed repeatedly, and a changed role applies', async ({ page, provider, visitor }) => {
    await signIn(visitor);
    await visitor.open(paths.weather);
    await expect(panels(page).note).toBeVisible();

    provider.accounts.grace.roles = ['Rolecall.Read'];
    await expect(async () => {
      expect(await visitor.open(paths.weather)).toBe(200);
      await expect(panels(page).note).toHaveCount(0, { timeout: 100 });
    }).toPass();

    // Each refresh issued a new refresh token and revoked the previous one.
    await expect(async () => {
      expect(await visitor.open(paths.weather)).toBe(200);
      expect(provider.refreshes).toBeGreaterThan(2);
    }).toPass();
  });

  test('a person who has left the company is signed out', async ({ consoleWatch, provider, visitor }) => {
    // Small previews may be requested just after the session has ended.
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
  // The provider notifies Rolecall before it answers the browser.
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
