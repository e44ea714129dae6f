// Many tabs of one browser that open at the same moment, and long links.
import { expect, test } from '../support/fixtures.js';
import { reed } from '../support/people.js';
import { paths, Visitor } from '../support/visitor.js';

const TABS = 12;

/** A link of `bytes` bytes to the weather dashboard, with parts that must arrive unchanged. */
function longLink(bytes) {
  const begin = `${paths.weather}?q=%25&a=%22x+y%22&u=%C3%A9&z=`;
  return begin + 'z'.repeat(bytes - begin.length);
}

/** The path and query of the tab's address. */
const shown = (tab) => {
  const { pathname, search } = new URL(tab.url());
  return pathname + search;
};

// Case: several/first-tabs
test('tabs that open at the same moment all arrive', async ({ context, page, scripted, visitor }) => {
  const tabs = await Promise.all(Array.from({ length: TABS }, () => context.newPage()));
  await Promise.all(tabs.map((tab, at) => tab.goto(`${paths.weather}?page=${at + 1}`)));
  // The last one first.
  for (const [at, tab] of [...tabs.entries()].reverse()) {
    await tab.getByRole('button', { name: new RegExp(`^${reed.name}`) }).click();
    await expect(new Visitor(tab, { scripted }).personMenu()).toBeVisible();
    expect(shown(tab)).toBe(`${paths.weather}?page=${at + 1}`);
  }
  await page.goto(paths.account);
  await expect(visitor.personMenu()).toBeVisible();
});

// Case: return/long
test('a link of eight kilobytes arrives as it was', async ({ page, visitor }) => {
  const link = longLink(8192);
  await page.goto(link);
  await visitor.choose(reed.name);
  await expect(visitor.personMenu()).toBeVisible();
  expect(shown(page)).toBe(link);
});

// Case: return/too-long
test('above eight kilobytes a page says so', async ({ consoleWatch, page }) => {
  consoleWatch.expectStatus(414);
  await page.goto(longLink(8193));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This address is too long');
});
