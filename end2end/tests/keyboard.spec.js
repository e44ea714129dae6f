// Rolecall without a mouse.
import { panels } from '../support/dashboard.js';
import { expect, test } from '../support/fixtures.js';
import { ada, nora, reed, wren } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

test('the first Tab stop skips to the content', async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  await visitor.open(paths.weather);
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: /skip/i });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('charts answer to the arrow keys', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  for (const chart of await panels(page).charts.all()) {
    const slider = chart.getByRole('slider');
    await slider.focus();
    const seen = new Set();
    const steps = { Home: '1', ArrowRight: '2', ArrowUp: '3', ArrowLeft: '2', ArrowDown: '1' };
    for (const [key, point] of Object.entries(steps)) {
      await page.keyboard.press(key);
      await expect(slider).toHaveAttribute('aria-valuenow', point);
      seen.add(await slider.getAttribute('aria-valuetext'));
    }
    expect(seen.size, 'different values read out').toBe(3);
    await page.keyboard.press('End');
    await expect(slider).toHaveAttribute('aria-valuenow', await slider.getAttribute('aria-valuemax'));
  }
});

test('turning the table keeps the focus, also at the end', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: `${paths.weather}?table.page=2` });
  const { table } = panels(page);
  const previous = table.getByRole('link', { name: 'Previous' });
  await previous.press('Enter');
  await expect(table.getByRole('status')).toHaveText(/^Page 1 of/);
  await expect(previous).toHaveAttribute('aria-disabled', 'true');
  await expect(previous).toBeFocused();
});

test('saving a note keeps the focus on the button', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  const { note } = panels(page);
  const button = note.getByRole('button', { name: 'Save note' });
  await button.press('Enter');
  await expect(note.getByRole('status')).toContainText(/saved by/i);
  await expect(button).toBeFocused();
});

test('a person signs in and out with the keyboard alone', async ({ page, visitor }) => {
  await visitor.open(paths.home);
  await visitor.signInButton().press('Enter');
  await page.getByRole('button', { name: /^Reed/ }).press('Enter');
  await visitor.personMenu().press('Enter');
  await visitor.signOutButton().press('Enter');
  await page.waitForURL((url) => url.pathname === paths.signedOut);
});

/** Presses `key` repeatedly until `target` has the focus. */
async function goTo(page, target, key = 'Tab') {
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 400; presses += 1) {
    await page.keyboard.press(key);
    if (await isThere()) return;
  }
  throw new Error(`${key} does not lead to ${target}.`);
}

test('an administrator declines a request and gives a role with the keyboard alone', async ({ browser, scripted }) => {
  // A separate Rolecall, since decisions stay.
  const app = await Rolecall.start();
  try {
    const contexts = await Promise.all([1, 2].map(() => browser.newContext({ baseURL: app.origin, javaScriptEnabled: scripted })));
    const [asking, deciding] = await Promise.all(contexts.map(async (context) => new Visitor(await context.newPage(), { scripted })));
    await asking.signIn(nora);
    await asking.page.goto(paths.dashboards);
    await asking.page.getByLabel('What do you need the role Read for?').fill('I am new');
    await asking.page.getByRole('button', { name: 'Request access' }).press('Enter');
    await expect(asking.page.getByText('Waiting for an answer')).toBeVisible();

    await deciding.signIn(ada);
    await deciding.open(paths.admin);
    const { page } = deciding;
    const main = page.getByRole('main');
    await goTo(page, main.getByRole('link', { name: 'Requests', exact: true }));
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${paths.adminRequests}`);
    await deciding.alive();
    await goTo(page, main.locator('summary').filter({ hasText: 'Decline' }));
    await page.keyboard.press('Enter');
    await goTo(page, main.getByLabel('Why (the person reads it)'));
    await page.keyboard.type('Not as a reader');
    await goTo(page, main.getByRole('button', { name: /^Decline the request of Nora/ }));
    await page.keyboard.press('Enter');
    await expect(main.getByText('No request is waiting.')).toBeVisible();

    await deciding.open(paths.adminUsers);
    await goTo(page, main.getByRole('link', { name: /^Nora/ }));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/admin\/users\/\d+$/);
    await deciding.alive();
    await goTo(page, main.locator('summary').filter({ hasText: 'Give a role' }));
    await page.keyboard.press('Enter');
    const role = main.getByRole('combobox', { name: 'Role' });
    await goTo(page, role);
    await page.keyboard.press('w');
    await expect(role).toHaveValue('write');
    await goTo(page, main.getByLabel('Why (the person reads it)').first());
    await page.keyboard.type('As a writer');
    await goTo(page, main.getByRole('button', { name: 'Give role' }));
    await page.keyboard.press('Enter');
    await expect(main.getByRole('button', { name: /^Take back the role/ })).toBeVisible();
    await expect(main).toContainText('As a writer');

    await asking.open(paths.account);
    await expect(asking.page.getByRole('main')).toContainText('Not as a reader');
    await expect(asking.page.getByRole('banner').locator('.badge')).toHaveText('Write');
    await Promise.all(contexts.map((context) => context.close()));
  } finally {
    await app.stop();
  }
});

// Case: making/by-keyboard
test('a dashboard is made, a panel moved and renamed with the keyboard alone', async ({ page, scripted, visitor }) => {
  const panelIds = () => page.locator('.edited').evaluateAll((panels) => panels.map(({ id }) => id));
  const title = page.getByLabel('Title', { exact: true });
  await page.goto('/dashboards/new?dataset=weather');
  await goTo(page, page.getByRole('button', { name: /^Wren/ }));
  await page.keyboard.press('Enter');
  await page.waitForURL('**/dashboards/new?dataset=weather');
  await visitor.alive();

  // A field's text is selected when it gets the focus by keyboard, so typing replaces it.
  await goTo(page, title);
  await page.keyboard.type(`Keys ${crypto.randomUUID().slice(0, 8)}`);
  await goTo(page, page.getByRole('button', { name: 'Make this dashboard' }));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/dashboards\/keys-[a-z0-9-]+\/edit$/);
  const edit = new URL(page.url()).pathname;

  const [first, second, ...others] = await panelIds();
  await goTo(page, page.locator(`#${second}`).getByRole('button', { name: /^Earlier/ }));
  await page.keyboard.press('Space');
  await page.waitForURL(/at=0#done$/);
  expect(await panelIds()).toEqual([second, first, ...others]);
  await expect(page.locator('#done')).toBeFocused();

  await goTo(page, page.locator(`#${second}`).getByRole('link', { name: /^Edit/ }));
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${edit}/${second.replace('edit-', '')}`);
  await goTo(page, title);
  await page.keyboard.type('Renamed by keyboard');
  if (scripted) await expect(page.locator('#preview').getByRole('heading', { name: 'Renamed by keyboard' })).toBeVisible();
  await expect(title).toBeFocused();
  await goTo(page, page.getByRole('button', { name: 'Save panel' }));
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${edit}#${second}`);

  // The address points to the panel; the link is above it.
  await goTo(page, page.getByRole('link', { name: 'Done', exact: true }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${edit.replace(/\/edit$/, '')}`);
  await expect(page.getByRole('heading', { name: 'Renamed by keyboard' })).toBeVisible();
});
