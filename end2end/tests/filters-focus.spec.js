// Where the focus is after a choice in the filters of a dashboard, and what is open then.
import { expect, test } from '../support/fixtures.js';
import { reed } from '../support/people.js';
import { paths } from '../support/visitor.js';

const birds = '/dashboards/bird-strikes';
const summary = (page, name) => page.locator('.filter summary').filter({ hasText: name });
const inForce = (page) => page.getByRole('list', { name: 'Filters in force' });
/** What can be chosen of a filter. */
const choicesOf = (page, name) => page.locator('.filter').filter({ has: page.locator('summary', { hasText: name }) });
const said = (page, words) => page.getByRole('main').getByRole('status').filter({ hasText: words });

// Case: filters/focus
test('keep the focus in a field of the second filter after Enter, and say what is in force', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  await summary(page, 'City').press('Enter');
  const city = page.getByRole('checkbox', { name: 'Seattle', exact: true });
  await city.press('Space');
  await city.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('city') === 'Seattle');
  await expect(inForce(page)).toContainText('City: Seattle');
  await expect(city).toBeFocused();
  await expect(said(page, 'Filters in force: City: Seattle')).toHaveCount(1);
});

// Case: filters/focus
test('close after "Apply", with the focus on the button of the filter', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: birds });
  await summary(page, 'Airport').press('Enter');
  const choices = choicesOf(page, 'Airport');
  await choices.getByRole('searchbox').fill('teterb');
  await choices.getByRole('checkbox', { name: 'TETERBORO AIRPORT', exact: true }).check();
  await choices.getByRole('button', { name: 'Apply' }).press('Enter');
  // What was searched for is no part of what was chosen.
  await page.waitForURL(({ searchParams: of }) => of.get('airport') === 'TETERBORO AIRPORT' && !of.has('airport.search'));
  await expect(inForce(page)).toContainText('Airport: TETERBORO AIRPORT');
  await expect(choices.getByRole('button', { name: 'Apply' })).toBeHidden();
  await expect(summary(page, 'Airport')).toBeFocused();
});

// Case: filters/focus
test('keep the focus on the button of the days after a range, and after days that somebody has gone from', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  await summary(page, 'Day').press('Enter');
  await page.getByRole('link', { name: 'Last 30 days' }).press('Enter');
  await expect(inForce(page)).toContainText('Day: 2015-12-02 to 2015-12-31');
  await expect(summary(page, 'Day')).toBeFocused();
  const from = page.getByLabel('From day');
  await expect(from).toBeHidden();
  // The next filter, where the way with Tab leads on to.
  await summary(page, 'Day').press('Enter');
  await from.fill('2013-07-01');
  await page.getByLabel('To day').fill('2013-07-31');
  await summary(page, 'City').focus();
  await expect(inForce(page)).toContainText('Day: 2013-07-01 to 2013-07-31');
  await expect(summary(page, 'City')).toBeFocused();
  await expect(from).toBeHidden();
});

// Case: filters/focus
test('lead to the next chip when one is removed, and to the first filter after the last', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: `${paths.weather}?period=last_year&city=Seattle&weather=rain` });
  const chip = (name) => inForce(page).getByRole('link', { name });
  await chip('Remove the filter City: Seattle').press('Enter');
  await expect(chip(/City/)).toHaveCount(0);
  await expect(chip(/^Remove the filter Weather/)).toBeFocused();
  await expect(said(page, /^Filters in force: Day: .*, Weather: rain$/)).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(chip(/^Remove the filter Day/)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(inForce(page)).toHaveCount(0);
  await expect(summary(page, 'Day')).toBeFocused();
  await expect(said(page, 'No filters in force')).toHaveCount(1);
});

// Case: filters/focus
test('keep the focus on the bar and the key of a legend that were followed, and on what takes their place', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: birds });
  const phases = page.getByRole('figure', { name: 'Phase of flight', exact: true });
  await phases.getByRole('link', { name: 'Filter by Climb' }).press('Enter');
  await expect(inForce(page)).toContainText('Phase of flight: Climb');
  await expect(phases.getByRole('link', { name: 'Do not filter by Climb' })).toBeFocused();
  await expect(said(page, /^Filters in force: .*Phase of flight: Climb/)).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(inForce(page)).toHaveCount(0);
  await expect(phases.getByRole('link', { name: 'Filter by Climb', exact: true })).toBeFocused();

  await visitor.open(paths.weather);
  const chart = page.getByRole('figure', { name: 'Mean temperature by month', exact: true });
  await chart.getByRole('link', { name: 'Filter by Seattle' }).press('Enter');
  await expect(inForce(page)).toContainText('City: Seattle');
  await expect(chart.getByRole('link', { name: 'Do not filter by Seattle' })).toBeFocused();
});

// Case: filters/focus
test('do not lose the focus to what a search has found', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: birds });
  await summary(page, 'Airport').press('Enter');
  const choices = choicesOf(page, 'Airport');
  const answered = new Promise((resolve) => {
    page.route(/airport\.search=teterb/, async (route) => {
      // Somebody went on meanwhile.
      await choices.getByRole('checkbox').first().focus();
      await route.continue();
      resolve();
    });
  });
  await choices.getByRole('searchbox').fill('teterb');
  await answered;
  await expect(choices.getByRole('status')).toHaveText('1 found');
  await expect(choices.getByRole('searchbox')).toBeFocused();
});

test('say that values cannot be loaded, and keep those that are there', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: birds });
  await summary(page, 'Airport').press('Enter');
  const choices = choicesOf(page, 'Airport');
  const id = await choices.locator('details').getAttribute('id');
  const sentence = 'The values cannot be loaded right now. Try again later.';
  const body = `<details id="${id}"><div class="filter-choices"><p class="muted">${sentence}</p></div></details>`;
  await page.route(/airport\.search=teterb/, (route) => route.fulfill({ contentType: 'text/html', body }));
  const before = await choices.getByRole('checkbox').count();
  await choices.getByRole('searchbox').fill('teterb');
  await expect(choices.getByRole('status')).toHaveText(sentence);
  await expect(choices.getByRole('checkbox')).toHaveCount(before);
});

test('stay open when a label or nothing within is pressed, and days wait for both', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  await summary(page, 'Day').click();
  const [from, to] = [page.getByLabel('From day'), page.getByLabel('To day')];
  const before = page.url();
  let loaded = 0;
  page.on('request', (request) => (loaded += request.isNavigationRequest()));
  await from.fill('2013-07-01');
  await page.getByText('To day', { exact: true }).click();
  await expect(to).toBeFocused();
  await expect(from).toBeVisible();
  await to.fill('2013-07-31');
  // Its padding.
  await choicesOf(page, 'Day').locator('.filter-choices').click({ position: { x: 4, y: 4 } });
  await expect(to).not.toBeFocused();
  await expect(from).toBeVisible();
  expect(page.url()).toBe(before);
  await page.getByRole('heading', { level: 1 }).click();
  await expect(inForce(page)).toContainText('Day: 2013-07-01 to 2013-07-31');
  expect(loaded, 'pages that were loaded').toBe(1);
});

test('tick the values whose names are pressed', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  await summary(page, 'Weather').click();
  const choices = choicesOf(page, 'Weather');
  for (const name of ['rain', 'snow']) {
    await choices.locator('label').getByText(name, { exact: true }).click();
    await expect(choices.getByRole('checkbox', { name, exact: true })).toBeChecked();
  }
  await page.waitForURL(({ searchParams }) => searchParams.getAll('weather').sort().join() === 'rain,snow');
  await expect(choices.getByRole('checkbox', { name: 'rain', exact: true })).toBeVisible();
});

test('leave a page alone on which they come long after they were used', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  await summary(page, 'City').click();
  // The clock of the next page.
  await page.addInitScript((lateMs) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + lateMs;
  }, 11_000);
  const seattle = page.getByRole('checkbox', { name: 'Seattle', exact: true });
  await seattle.check();
  await page.waitForURL((url) => url.searchParams.get('city') === 'Seattle');
  await expect(inForce(page)).toContainText('City: Seattle');
  await page.waitForFunction(() => sessionStorage.getItem('rolecall-filters') === null);
  await expect(seattle).toBeHidden();
  await expect(summary(page, 'City')).not.toBeFocused();
});

test('close when the focus goes elsewhere', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  await summary(page, 'City').press('Enter');
  const city = page.getByRole('checkbox', { name: 'Seattle', exact: true });
  await city.focus();
  await summary(page, 'Weather').focus();
  await expect(city).toBeHidden();
});

// Case: front/early
test('find values by what was typed before the script came', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: birds });
  const choices = choicesOf(page, 'Airport');
  await visitor.beforeScript('filters.js', birds, async () => {
    await summary(page, 'Airport').click();
    await choices.getByRole('searchbox').fill('teterb');
  });
  await expect(choices.getByRole('status')).toHaveText('1 found');
});
