// Decisions of administrators, in two browsers: a role that the provider revoked and that is read again, the last
// administrator, and irreversible decisions, which need a recent sign-in.
import { panels } from '../support/dashboard.js';
import { expect, test as base } from '../support/fixtures.js';
import { ada, reed, wren } from '../support/people.js';
import { IndependentProvider } from '../support/provider.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

const MINUTE_MS = 60_000;

const test = base.extend({
  /** A Rolecall for each test, since decisions stay, and it is restarted. */
  rolecall: async ({}, use) => {
    const rolecall = await Rolecall.start();
    await use(rolecall);
    await rolecall.stop();
  },
  baseURL: async ({ rolecall }, use) => use(rolecall.origin),
  /** Opens another browser for a person. */
  another: async ({ baseURL, browser, scripted }, use) => {
    const contexts = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL, javaScriptEnabled: scripted });
      contexts.push(context);
      return new Visitor(await context.newPage(), { scripted });
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

/** The same with a provider whose answers can change. Olga is the administrator there. */
const withProvider = test.extend({
  port: async ({}, use) => use(await freePort()),
  provider: async ({ port }, use) => {
    const provider = await IndependentProvider.start(`http://127.0.0.1:${port}`);
    provider.accounts.olga.roles = ['Rolecall.Admin'];
    await use(provider);
    await provider.stop();
  },
  rolecall: async ({ port, provider }, use) => {
    const scopes = { ROLECALL_PROVIDERS__OP__SCOPES: 'openid,profile,email,offline_access' };
    const rolecall = await Rolecall.start({ port, settings: { ...provider.settings, ...scopes } });
    await use(rolecall);
    await rolecall.stop();
  },
});

test.beforeEach(({ consoleWatch }) => {
  // While the server is stopped, open pages keep asking.
  consoleWatch.expect(/net::ERR_/);
});

/** Moves the times of all sessions back, as if everybody had signed in, and had their role read, eleven minutes ago. */
function letTimePass(rolecall) {
  const before = Date.now() - 11 * MINUTE_MS;
  const times = `created_at = ${before}, authenticated_at = ${before}, roles_read_at = ${before}`;
  return rolecall.restart(() => rolecall.changeDatabase(`UPDATE sign_ins SET ${times}`));
}

/** Signs a person in at the independent provider. */
async function signInAtOp(visitor, name) {
  await visitor.open(paths.home);
  await visitor.signInButton('Op').click();
  await visitor.choose(name);
  await expect(visitor.personMenu()).toBeVisible();
  await visitor.alive();
}

/** Opens the page of a person as an administrator. */
async function openPerson({ page }, name) {
  await page.goto(paths.adminUsers);
  await page.getByRole('main').getByRole('link', { name: new RegExp(name) }).click();
  await page.waitForURL(/\/admin\/users\/\d+$/);
}

/** Fills in the form that gives a role, and sends it. */
async function giveRole({ page }, role) {
  await page.getByRole('main').getByText('Give a role', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Role' }).selectOption(role);
  await page.getByLabel('Why (the person reads it)').first().fill('Helps <b>out</b>');
  await page.getByRole('button', { name: 'Give role' }).click();
}

/** Sends a form that no page contains, from a page of ours. */
function send({ page }, path, form) {
  const headers = { 'accept': 'text/html', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' };
  return page.request.post(path, { form, headers, maxRedirects: 0 });
}

const badge = ({ page }) => page.getByRole('banner').locator('.badge');
const heading = ({ page }) => page.getByRole('heading', { level: 1 });
const takeBack = ({ page }) => page.getByRole('button', { name: /^Take back the role/ });

// Case: admin/check-roles, live/closed
withProvider('a role that the provider took is gone from the open page once an administrator has it read', async ({ another, provider, rolecall, scripted, visitor }) => {
  const administrator = await another();
  await signInAtOp(visitor, 'Grace');
  await signInAtOp(administrator, 'Olga');
  await letTimePass(rolecall);
  await visitor.open(paths.weather);
  const { note } = panels(visitor.page);
  await expect(note).toBeVisible();

  provider.accounts.grace.roles = ['Rolecall.Read'];
  await openPerson(administrator, 'Grace');
  await administrator.page.getByRole('button', { name: 'Check roles now' }).click();
  await expect(administrator.page.getByText('1 session: the provider was asked just now.')).toBeVisible();
  await expect(administrator.page.getByRole('region', { name: 'Role', exact: true }).locator('.badge')).toHaveText('Read');
  if (!scripted) await visitor.open(paths.weather);
  await expect(note).toHaveCount(0);
  await expect(badge(visitor)).toHaveText('Read');
});

// Case: account/check-roles, live/decisions
withProvider('who has their own role read again sees it in their other tabs', async ({ context, page, provider, rolecall, scripted, visitor }) => {
  await signInAtOp(visitor, 'Grace');
  await letTimePass(rolecall);
  const other = new Visitor(await context.newPage(), { scripted });
  await other.open(paths.home);
  await expect(badge(other)).toHaveText('Write');

  provider.accounts.grace.roles = ['Rolecall.Read'];
  await visitor.open(paths.account);
  await page.getByRole('button', { name: 'Check again now' }).click();
  await expect(page.getByText('Your provider was asked just now.')).toBeVisible();
  await expect(badge(visitor)).toHaveText('Read');
  if (scripted) await expect(other.page.locator('#role-changed')).toContainText('Your role has changed.');
  else await other.open(paths.home);
  await expect(badge(other)).toHaveText('Read');
});

// Case: admin/disable-oneself, admin/grant-oneself
test('the last administrator cannot shut themselves out, neither from their page nor by a form of their own', async ({ another, consoleWatch, scripted, visitor }) => {
  consoleWatch.expectStatus(401);
  const second = await another();
  await visitor.signIn(ada);
  await second.signIn(wren);
  await openPerson(visitor, 'Wren');
  await giveRole(visitor, 'admin');
  await expect(takeBack(visitor)).toBeVisible();
  const grant = await visitor.page.locator('form[action="/api/revoke_grant"] input[name=id]').inputValue();

  await openPerson(second, 'Ada');
  await second.page.getByRole('region', { name: 'Access', exact: true }).getByLabel('Why (the person reads it)').fill('Left us');
  await second.page.getByRole('button', { name: 'Disable' }).click();
  await expect(second.page.getByRole('button', { name: 'Let in again' })).toBeVisible();
  if (scripted) await expect(heading(visitor)).toHaveText('You are signed out');

  await openPerson(second, 'Wren');
  for (const name of ['Disable', 'Give role']) await expect(second.page.getByRole('button', { name })).toHaveCount(0);
  await expect(takeBack(second)).toHaveCount(0);
  const wrenId = new URL(second.page.url()).pathname.split('/').at(-1);
  const sentences = {
    'You cannot disable your own account. Ask another administrator.': ['/api/disable_person', { user_id: wrenId, reason: 'Tired' }],
    'You cannot take a role from yourself. Ask another administrator.': ['/api/revoke_grant', { id: grant }],
    'You cannot give yourself a role. Ask another administrator.': ['/api/grant_role', { user_id: wrenId, role: 'read', reason: 'Tired' }],
  };
  for (const [sentence, [path, form]] of Object.entries(sentences)) {
    const answer = await send(second, path, form);
    expect(answer.status(), sentence).toBe(422);
    expect(await answer.text()).toContain(sentence);
  }
  expect(await second.open(paths.admin)).toBe(200);
  await expect(badge(second)).toHaveText('Admin');
});

/** Expects the page that asks for a recent sign-in, signs Ada in from there, and waits for the page `path` that it returns to. */
async function signInAgain(visitor, path) {
  await expect(heading(visitor)).toHaveText('Sign in again to go on');
  await visitor.page.getByRole('main').getByRole('link', { name: 'Sign in again' }).click();
  await visitor.choose(ada.name);
  await visitor.page.waitForURL(`**${path}`);
}

// Case: admin/end-every-session
test('ending all sessions needs a recent sign-in', async ({ another, consoleWatch, page, rolecall, visitor }) => {
  consoleWatch.expectStatus(401);
  const other = await another();
  await other.signIn(reed);
  await visitor.signIn(ada);
  await letTimePass(rolecall);
  const endEverybody = async () => {
    const form = page.locator('form[action="/api/end_every_session"]');
    await page.locator('summary').filter({ hasText: 'End everybody’s sessions' }).click();
    await form.getByRole('textbox').fill('everybody');
    await form.getByRole('button').click();
  };
  await visitor.open(paths.adminSessions);
  await endEverybody();
  await signInAgain(visitor, paths.adminSessions);
  expect(await other.open(paths.account), 'nobody was signed out').toBe(200);

  await visitor.open(paths.adminSessions);
  await expect(page.getByRole('button', { name: /^End the session of Reed/ })).toBeVisible();
  await endEverybody();
  await expect(page.getByRole('button', { name: /^End the session of/ })).toHaveCount(0);
  await expect(page.getByText('This browser')).toBeVisible();
  await other.page.goto(paths.home);
  await other.expectSignedOut();
});

// Case: admin/disable-oneself, admin/request-keeps-what-was-typed
test('giving the role Admin needs a recent sign-in, and the input is shown', async ({ another, consoleWatch, page, rolecall, visitor }) => {
  consoleWatch.expectStatus(401);
  const other = await another();
  await other.signIn(reed);
  await visitor.signIn(ada);
  await letTimePass(rolecall);
  await openPerson(visitor, 'Reed');
  const { pathname } = new URL(page.url());
  await giveRole(visitor, 'admin');
  await expect(heading(visitor)).toHaveText('Sign in again to go on');
  await expect(page.getByRole('main')).toContainText('Helps <b>out</b>');
  await signInAgain(visitor, pathname);
  await expect(takeBack(visitor)).toHaveCount(0);
  await other.open(paths.home);
  await expect(badge(other)).toHaveText('Read');

  await giveRole(visitor, 'admin');
  await expect(takeBack(visitor)).toBeVisible();
  await other.open(paths.home);
  await expect(badge(other)).toHaveText('Admin');
});

// Case: audit/export-step-up
test('exporting the audit needs a recent sign-in', async ({ page, rolecall, visitor }) => {
  await visitor.signIn(ada);
  await letTimePass(rolecall);
  await page.goto(`${paths.adminAudit}/export?format=csv`);
  await page.waitForURL((url) => url.pathname === paths.provider);
  await visitor.choose(ada.name);
  await page.waitForURL(`**${paths.adminAudit}`);
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export as CSV' }).click();
  expect((await downloading).suggestedFilename()).toBe('rolecall-audit.csv');
});
