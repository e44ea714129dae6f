// Open tabs: they warn before their session ends, show nothing any more at its end, and hear at once what an administrator decides.
// What somebody was typing is not lost.
import AxeBuilder from '@axe-core/playwright';

import { panels } from '../support/dashboard.js';
import { expect, test as base } from '../support/fixtures.js';
import { ada, nora, reed, wren } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

const HOUR_MS = 3_600_000;

const test = base.extend({
  /** A Rolecall of its own, since it is restarted. */
  rolecall: async ({}, use) => {
    const rolecall = await Rolecall.start();
    await use(rolecall);
    await rolecall.stop();
  },
  baseURL: async ({ rolecall }, use) => use(rolecall.origin),
});

test.beforeEach(({ consoleWatch }) => {
  // While the server is away, open pages ask for it.
  consoleWatch.expect(/net::ERR_/);
});

/** Moves the times of all sessions, so that they end in `ms` because nothing was done, or because of their age. */
async function endIn(rolecall, ms, by) {
  await rolecall.restart(() => {
    const now = Date.now();
    const times = by === 'age' ? `created_at = ${now - 24 * HOUR_MS + ms}, last_seen_at = ${now}` : `last_seen_at = ${now - 8 * HOUR_MS + ms}`;
    return rolecall.changeDatabase(`UPDATE sign_ins SET ${times}`);
  });
}

const warning = (tab) => tab.getByRole('alert').filter({ hasText: 'Your session ends soon' });
const heading = (tab) => tab.getByRole('heading', { level: 1 });

/** Presses the link that opens the sign-in in another tab, and becomes `person` there. */
async function signInInNewTab(page, person) {
  const opened = page.context().waitForEvent('page');
  await page.getByRole('link', { name: 'Sign in again in a new tab' }).click();
  const tab = new Visitor(await opened, { scripted: true });
  await tab.choose(person.name);
  await expect(tab.personMenu()).toBeVisible();
}

// Case: live/warning
test('every open tab warns once, and one press keeps all signed in @script', async ({ context, page, rolecall, visitor }) => {
  await context.addInitScript(() => {
    window.warned = 0;
    const isWarning = ({ id }) => id === 'session-warning';
    const count = (changes) => (window.warned += changes.flatMap(({ addedNodes }) => [...addedNodes]).filter(isWarning).length);
    new MutationObserver(count).observe(document, { childList: true, subtree: true });
  });
  await visitor.signIn(reed, { from: paths.account });
  const tabs = [page];
  for (const path of [paths.weather, paths.sessions, paths.home, paths.token]) {
    const tab = await context.newPage();
    await tab.goto(path);
    tabs.push(tab);
  }
  const titles = await Promise.all(tabs.map((tab) => tab.title()));
  await endIn(rolecall, 100_000, 'idle');
  for (const tab of tabs) await expect(warning(tab)).toBeVisible();
  await expect(page).toHaveTitle(/^Your session ends soon/);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.screenshot({ path: 'artefacts/session-warning.png' });
  await warning(page).getByRole('button', { name: 'Stay signed in' }).press('Enter');
  for (const [at, tab] of tabs.entries()) {
    await expect(warning(tab)).toHaveCount(0);
    await expect(tab).toHaveTitle(titles[at]);
    expect(await tab.evaluate(() => window.warned), `warnings in ${titles[at]}`).toBe(1);
  }
});

// Case: live/warning
test('at the end a page shows nothing any more, and comes back with what was typed @script', async ({ page, rolecall, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  await panels(page).note.getByRole('textbox').fill('Half a thought');
  await endIn(rolecall, 4_000, 'idle');
  await expect(heading(page)).toHaveText('You are signed out');
  await expect(page.getByRole('main')).not.toContainText('Weather');
  await expect(visitor.personMenu()).toBeHidden();
  await expect(page.getByLabel('Not saved')).toHaveValue('Half a thought');
  await expect(page.getByRole('main')).toBeFocused();
  await page.screenshot({ path: 'artefacts/session-ended.png' });
  await signInInNewTab(page, wren);
  const { note } = panels(page);
  await expect(note.getByRole('textbox')).toHaveValue('Half a thought');
  await expect(note.getByRole('textbox')).toBeFocused();
  await note.getByRole('button', { name: 'Save note' }).click();
  await expect(note.getByRole('status')).toContainText(/saved by/i);
  await expect(visitor.personMenu()).toBeVisible();
});

// Case: live/warning
test('a file that was dropped is still chosen after signing in again @script', async ({ page, rolecall, visitor }) => {
  await visitor.signIn(wren, { from: '/uploads' });
  await visitor.open('/uploads');
  const dataTransfer = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['a,b\n1,x\n'], 'sales.csv', { type: 'text/csv' }));
    return transfer;
  });
  await page.getByText('Or drop a file here.').dispatchEvent('drop', { dataTransfer });
  const file = page.getByText('sales.csv, 8 bytes');
  await expect(file).toBeVisible();
  await endIn(rolecall, 4_000, 'idle');
  await expect(heading(page)).toHaveText('You are signed out');
  await signInInNewTab(page, wren);
  await expect(file).toBeVisible();
  expect(await page.locator('input[type=file]').evaluate(({ files }) => files[0]?.name)).toBe('sales.csv');
});

// Case: live/warning
test('somebody else who signs in gets nothing of what was typed @script', async ({ page, rolecall, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  await panels(page).note.getByRole('textbox').fill('Half a thought');
  await endIn(rolecall, 4_000, 'idle');
  await expect(heading(page)).toHaveText('You are signed out');
  await signInInNewTab(page, ada);
  await expect(page.getByRole('banner')).toContainText(ada.name);
  await expect(page.getByRole('main')).not.toContainText('Half a thought');
  await expect(panels(page).note.getByRole('textbox')).not.toHaveValue('Half a thought');
});

// Case: live/next-person
test('a page that one person left open shows nothing of theirs to the next @script', async ({ context, page, visitor }) => {
  await visitor.signIn(ada, { from: paths.weather });
  await expect(panels(page).note).toBeVisible();
  // As behind another tab, where it has no stream and hears of no end.
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const other = new Visitor(await context.newPage(), { scripted: true });
  await other.open(paths.home);
  await other.signOut();
  await other.signIn(reed);
  await expect(page.getByRole('banner')).toContainText(reed.name);
  await expect(page.getByRole('main')).not.toContainText('Live sign-ins by highest role');
});

// Case: live/next-person
test('a page that was closed keeps nothing of what one person typed for the next @script', async ({ consoleWatch, context, page, visitor }) => {
  consoleWatch.expectStatus(403);
  await visitor.signIn(wren, { from: paths.weather });
  await panels(page).note.getByRole('textbox').fill('Half a thought');
  const address = (url) => url.pathname === paths.weather;
  await page.route(address, (route) => route.fulfill({ status: 403 }));
  const other = new Visitor(await context.newPage(), { scripted: true });
  await other.open(paths.weather);
  const { note } = panels(other.page);
  await note.getByRole('textbox').fill('Another');
  await note.getByRole('button', { name: 'Save note' }).click();
  await expect(heading(page)).toHaveText('This dashboard is closed');
  await expect(page.getByLabel('Not saved')).toHaveValue('Half a thought');
  await page.unroute(address);
  await other.open(paths.home);
  await other.signOut();
  await other.signIn(reed);
  await expect(page.getByRole('banner')).toContainText(reed.name);
  await expect(page.getByLabel('Not saved')).toHaveCount(0);
});

// Case: live/warning
test('a press on "Stay signed in" that does not arrive is said, and can be repeated @script', async ({ page, rolecall, visitor }) => {
  await visitor.signIn(reed, { from: paths.account });
  await endIn(rolecall, 100_000, 'idle');
  await page.route('**/api/session', (route) => route.abort());
  const button = warning(page).getByRole('button', { name: 'Stay signed in' });
  await button.press('Enter');
  await expect(warning(page)).toContainText('Rolecall could not be reached.');
  await expect(button).toBeFocused();
  await page.unroute('**/api/session');
  await button.press('Enter');
  await expect(warning(page)).toHaveCount(0);
});

test('where a session is too old, signing in again in a new tab goes on @script', async ({ page, rolecall, visitor }) => {
  await visitor.signIn(reed, { from: paths.account });
  await page.evaluate(() => (window.isTheSame = true));
  await endIn(rolecall, 100_000, 'age');
  await expect(warning(page)).toBeVisible();
  await expect(warning(page).getByRole('button')).toHaveCount(0);
  await signInInNewTab(page, reed);
  await expect(warning(page)).toHaveCount(0);
  expect(await page.evaluate(() => window.isTheSame)).toBe(true);
});

// Case: live/decisions
test('what an administrator decides is seen in the open pages of another browser @script', async ({ browser, page, rolecall, visitor }) => {
  const context = await browser.newContext({ baseURL: rolecall.origin });
  const other = new Visitor(await context.newPage(), { scripted: true });
  await other.signIn(nora);
  // The page that refuses her hears of it as any other.
  const refused = await context.newPage();
  await refused.goto(paths.weather);
  await expect(refused.getByRole('main')).toContainText('Error 403');
  await refused.getByLabel(/What do you need the role/).fill('I help Wren');
  await other.open(paths.home);
  const badge = other.page.getByRole('banner').locator('.badge');
  await expect(badge).toHaveText('No role');
  await other.personMenu().press('Enter');
  await visitor.signIn(ada);
  await page.goto(paths.adminUsers);
  await page.getByRole('main').getByRole('link', { name: /Nora/ }).click();
  await page.getByText('Give a role').click();
  await page.getByRole('combobox', { name: 'Role' }).selectOption('write');
  await page.getByLabel('Why (the person reads it)').first().fill('Helps');
  await page.getByRole('button', { name: 'Give role' }).click();
  await expect(badge).toHaveText('Write');
  // The header is another one, and as it was.
  await expect(other.personMenu()).toBeFocused();
  await expect(other.signOutButton()).toBeVisible();
  await expect(other.page.getByRole('status')).toContainText('Your role has changed.');
  await expect(refused.getByRole('status')).toContainText('Your role has changed.');
  await expect(refused.getByRole('banner').locator('.badge')).toHaveText('Write');
  await page.getByRole('button', { name: 'End all' }).click();
  await expect(heading(refused)).toHaveText('You are signed out');
  await expect(refused.getByLabel(/^Not saved: What do you need the role/)).toHaveValue('I help Wren');
  await expect(heading(other.page)).toHaveText('You are signed out');
  await expect(other.page.getByRole('main')).toContainText('An administrator ended this session.');
  // Asked for in this way, the sign-in begins at once.
  await other.page.getByRole('link', { name: 'Sign in again' }).click();
  await other.choose('Nora');
  await expect(other.page.getByRole('banner')).toContainText('Nora');
  await context.close();
});

// Case: live/decisions
test('a dashboard that closes because the role was taken back says so in the header too @script', async ({ browser, page, rolecall, visitor }) => {
  const context = await browser.newContext({ baseURL: rolecall.origin });
  const other = new Visitor(await context.newPage(), { scripted: true });
  await other.signIn(nora);
  await visitor.signIn(ada);
  await page.goto(paths.adminUsers);
  await page.getByRole('main').getByRole('link', { name: /Nora/ }).click();
  await page.getByText('Give a role').click();
  await page.getByRole('combobox', { name: 'Role' }).selectOption('read');
  await page.getByLabel('Why (the person reads it)').first().fill('Helps');
  await page.getByRole('button', { name: 'Give role' }).click();
  const takeBack = page.getByRole('button', { name: /^Take back the role/ });
  await expect(takeBack).toBeVisible();
  expect(await other.open(paths.weather)).toBe(200);
  const banner = other.page.getByRole('banner');
  await expect(banner.locator('.badge')).toHaveText('Read');
  await takeBack.click();
  await expect(heading(other.page)).toHaveText('This dashboard is closed');
  await expect(banner.locator('.badge')).toHaveText('No role');
  // The front page, whose header it is, is not the current one.
  await expect(banner.locator('[aria-current]')).toHaveCount(0);
  await other.openPersonMenu();
  await context.close();
});
