// Row rules: four people open one dashboard, and each sees only their own rows.
import { makeDashboard } from '../support/data.js';
import { expect, test } from '../support/fixtures.js';
import { ada, members, nora, reed, wren } from '../support/people.js';
import { Visitor } from '../support/visitor.js';

const ROWS = 'region,who,amount\nAlder,read,1\nBirch,read,2\nCedar,write,4\nDogwood,admin,8\nElder,,16\n';
/** The regions that each person sees, which no other person does. Nobody sees the last one. */
const REGIONS = new Map([[reed, ['Alder', 'Birch']], [wren, ['Cedar']], [ada, ['Dogwood']]]);
const ALL = [...REGIONS.values()].flat().concat('Elder');
const button = (page, name) => page.getByRole('button', { name, exact: true });
const table = (page) => page.getByRole('main').locator('#rows');

// Case: row-rules/exact
test('four people open one dashboard, and each sees their own rows', async ({ app, browser, page, scripted, visitor }) => {
  const name = await makeDashboard(page, visitor, ROWS, 'rules');
  await visitor.open(`/dashboards/${name}`);
  await expect(table(page).getByRole('caption')).toHaveText('5 rows');
  await visitor.open(`/datasets/${name}`);
  await page.getByLabel('Column', { exact: true }).selectOption('who');
  await page.getByLabel('must be').selectOption('role');
  await button(page, 'Add rule').click();
  await expect(button(page, 'Remove rule 1')).toBeVisible();

  /** Does `what` as `person`, in a new browser. */
  const as = async (person, what) => {
    const context = await browser.newContext({ baseURL: app.origin, javaScriptEnabled: scripted });
    const theirs = new Visitor(await context.newPage(), { scripted });
    await theirs.signIn(person);
    await what(theirs);
    await context.close();
  };
  for (const person of members) {
    await as(person, async (theirs) => {
      expect(await theirs.open(`/dashboards/${name}`)).toBe(200);
      const regions = REGIONS.get(person);
      await expect(table(theirs.page).getByRole('caption')).toHaveText(new RegExp(`^${regions.length} rows?$`));
      for (const region of regions) await expect(table(theirs.page)).toContainText(region);
      // Neither shown nor sent to the browser.
      const html = await theirs.page.content();
      expect(ALL.filter((region) => html.includes(region))).toEqual(regions);
    });
  }
  await as(nora, async (theirs) => {
    expect((await theirs.page.goto(`/dashboards/${name}`)).status()).toBe(403);
    await expect(theirs.page.getByRole('heading', { level: 1 })).toHaveText('You have no role yet');
    const html = await theirs.page.content();
    expect(ALL.filter((region) => html.includes(region))).toEqual([]);
  });
});
