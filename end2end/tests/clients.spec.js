// How Rolecall authenticates to an independent, certified provider, and what it sends through the browser.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test as base } from '../support/fixtures.js';
import { IndependentProvider } from '../support/provider.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { paths } from '../support/visitor.js';

/** The keys of a client, by kind. */
const KEYS = {
  RSA: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'elliptic curve': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

const test = base.extend({
  /** Options of the provider, and Rolecall's settings for it. */
  provided: [{}, { option: true }],
  settings: [{}, { option: true }],
  // Each test has its own provider and Rolecall, with its own configuration.
  provider: async ({ provided, port }, use) => {
    const provider = await IndependentProvider.start(`http://127.0.0.1:${port}`, provided);
    await use(provider);
    await provider.stop();
  },
  port: async ({}, use) => use(await freePort()),
  rolecall: async ({ port, provider, settings }, use) => {
    const rolecall = await Rolecall.start({ port, settings: { ...provider.settings, ...settings } });
    await use(rolecall);
    await rolecall.stop();
  },
  baseURL: async ({ rolecall }, use) => use(rolecall.origin),
});

/** Signs Grace in. */
async function signIn({ page, visitor }) {
  await visitor.open(paths.home);
  await visitor.signInButton('Op').click();
  await visitor.choose('Grace');
  await expect(visitor.personMenu()).toBeVisible();
  await visitor.alive();
  await expect(page.getByRole('banner')).toContainText('Grace of Op');
}

test.describe('with client_secret_post', () => {
  test.use({
    provided: { client: { token_endpoint_auth_method: 'client_secret_post' } },
    settings: { ROLECALL_PROVIDERS__OP__CLIENT_AUTH: 'client_secret_post' },
  });
  test('somebody signs in', async ({ page, visitor }) => signIn({ page, visitor }));
});

test.describe('with a secret that is not the right one', () => {
  test.use({ settings: { ROLECALL_PROVIDERS__OP__CLIENT_SECRET: 'another' } });
  test('nobody signs in, and the page says whose business it is', async ({ consoleWatch, page, visitor }) => {
    consoleWatch.expectStatus(503);
    await page.goto('/login/op');
    await expect(page.getByRole('main')).toContainText('own credentials');
    await visitor.expectSignedOut();
  });
});

for (const [kind, generate] of Object.entries(KEYS)) {
  const { privateKey, publicKey } = generate();
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'rolecall-1', use: 'sig' }];

  base.describe(`with private_key_jwt and a key of the kind ${kind}`, () => {
    const withKey = test.extend({
      settings: async ({}, use) => {
        const folder = await mkdtemp(join(tmpdir(), 'rolecall-key-'));
        const file = join(folder, 'client.key');
        await writeFile(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
        await use({
          ROLECALL_PROVIDERS__OP__CLIENT_SECRET: '',
          ROLECALL_PROVIDERS__OP__CLIENT_KEY_FILE: file,
          ROLECALL_PROVIDERS__OP__CLIENT_KEY_ID: 'rolecall-1',
        });
        await rm(folder, { recursive: true });
      },
    });
    withKey.use({ provided: { client: { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys } } } });
    withKey('somebody signs in', async ({ page, visitor }) => signIn({ page, visitor }));
  });
}

test.describe('where requests must be pushed', () => {
  test.use({ provided: { requirePushed: true } });
  test('the browser carries a reference alone', async ({ page, provider, visitor }) => {
    await signIn({ page, visitor });
    const [{ searchParams }] = provider.authorizations;
    expect([...searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
  });
});

test.describe('where requests must be pushed and are not', () => {
  test.use({ provided: { requirePushed: true }, settings: { ROLECALL_PROVIDERS__OP__PAR: 'never' } });
  test('the page says whose business it is', async ({ consoleWatch, page, provider }) => {
    consoleWatch.expectStatus(503);
    expect((await page.goto('/login/op')).status()).toBe(503);
    await expect(page.getByRole('main')).toContainText('administrator');
    expect(provider.authorizations).toEqual([]);
  });
});

test.describe('where requests could be pushed and are not', () => {
  test.use({ settings: { ROLECALL_PROVIDERS__OP__PAR: 'never', ROLECALL_PROVIDERS__OP__PROMPT: 'login' } });
  test('the browser carries all that is asked', async ({ page, provider, visitor }) => {
    await signIn({ page, visitor });
    const [{ searchParams }] = provider.authorizations;
    expect(searchParams.get('prompt')).toBe('login');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
  });
});
