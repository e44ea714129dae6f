// Rolecall with an independent, certified provider on another site.
import { panels } from '../support/dashboard.js';
import { expect, test as base } from '../support/fixtures.js';
import { IndependentProvider } from '../support/provider.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { secrets } from '../support/secrets.js';
import { paths } from '../support/visitor.js';

/** The same fixtures, with a Rolecall that uses the independent provider. */
const test = base.extend({
  app: [
    async ({}, use) => {
      const port = await freePort();
      const provider = await IndependentProvider.start(`http://127.0.0.1:${port}`);
      const app = await Rolecall.start({ port, settings: provider.settings });
      await use(app);
      await app.stop();
      await provider.stop();
    },
    { scope: 'worker' },
  ],
});

/** Goes to the provider and chooses an account there. */
async function signIn(visitor, name) {
  await visitor.open(paths.home);
  await visitor.signInButton('Op').click();
  await visitor.choose(name);
  await expect(visitor.personMenu()).toBeVisible();
  await visitor.alive();
}

// Case: rp/code-flow, rp/client-secret-basic, config/discovery, config/jwks-uri
test('its claims give name and role', async ({ page, visitor }) => {
  await signIn(visitor, 'Grace');
  const banner = page.getByRole('banner');
  await expect(banner).toContainText('Grace of Op');
  await expect(banner.getByText('Write', { exact: true })).toBeVisible();
  await visitor.open(paths.weather);
  await expect(panels(page).table).toBeVisible();
  await expect(panels(page).signIns).toHaveCount(0);
  // The secrets that this provider issued are searched for in the log.
  for (const kind of ['access_token', 'client secret', 'code_verifier']) expect(await secrets.kinds()).toContain(kind);
});

test('somebody without a role there has none here', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(403);
  await signIn(visitor, 'Olga');
  expect((await page.goto(paths.dashboards)).status()).toBe(403);
});

// Case: logout/normal
test('signing out here ends the session there too', async ({ page, visitor }) => {
  await signIn(visitor, 'Grace');
  await visitor.askToSignOut();
  await page.getByRole('button', { name: 'Sign out of Op' }).click();
  await page.waitForURL((url) => url.pathname === paths.signedOut);
  await visitor.expectSignedOut();

  await visitor.open(paths.home);
  await visitor.signInButton('Op').click();
  await expect(page.getByRole('button', { name: /^Grace/ })).toBeVisible();
});

test('the demonstration provider is gone when another one is configured', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(404);
  await visitor.open(paths.home);
  await expect(visitor.signInButton()).toHaveCount(0);
  expect((await page.goto('/demo/.well-known/openid-configuration')).status()).toBe(404);
});
