// The page on which people start: favourites, what they looked at, the search, and how it looks from a phone to the widest screen.
import AxeBuilder from '@axe-core/playwright';

import { expect, test } from '../support/fixtures.js';
import { ada, reed, wren } from '../support/people.js';
import { paths } from '../support/visitor.js';

const region = (page, name) => page.getByRole('region', { name, exact: true });
const star = (page, way) => page.getByRole('main').getByRole('button', { name: new RegExp(`^${way} .*Weather`) });

/** Takes back what another run of this test marked. */
async function withoutFavourites(page) {
  await page.goto(paths.dashboards);
  for (let left = await star(page, 'Remove').count(); left > 0; left -= 1) {
    await star(page, 'Remove').first().click();
    await expect(star(page, 'Remove')).toHaveCount(left - 1);
  }
}

test('a favourite and what was looked at stand first', async ({ page, visitor }) => {
  await visitor.signIn(reed);
  await withoutFavourites(page);
  await page.goto(paths.weather);
  await star(page, 'Add').click();
  await expect(star(page, 'Remove')).toBeVisible();
  await page.waitForURL(`**${paths.weather}`);
  await page.goto(paths.home);
  await expect(region(page, 'Favourites').getByRole('link', { name: /Weather/ })).toBeVisible();
  await expect(region(page, 'Looked at last').getByRole('link', { name: /Weather/ })).toBeVisible();
  const picture = region(page, 'Favourites').locator('img');
  await expect(picture).toHaveJSProperty('complete', true);
  expect(await picture.evaluate((image) => image.naturalWidth)).toBe(320);
  await star(page, 'Remove').click();
  await expect(region(page, 'Favourites')).toHaveCount(0);
});

// Case: front/focus
test('a star keeps the focus, also where its card has another place', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed);
  await withoutFavourites(page);
  for (const path of [paths.weather, paths.dashboards]) {
    await Promise.all([page.waitForResponse('**/stars.js'), page.goto(path)]);
    await star(page, 'Add').press('Enter');
    await expect(star(page, 'Remove')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(star(page, 'Add')).toBeFocused();
  }
});

test('the search finds by the words of title and summary', async ({ page, visitor, scripted }) => {
  await visitor.signIn(reed);
  await page.getByLabel('Find a dashboard or an app').fill('SEATTLE weather');
  if (!scripted) await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('main').locator('.card').filter({ visible: true })).toHaveCount(1);
  if (scripted) {
    const found = page.getByRole('search').getByRole('status');
    await expect(found).toHaveText('1 found');
    await found.evaluate((of) => new MutationObserver(() => (window.isSaidAgain = true)).observe(of, { childList: true }));
    await page.getByLabel('Find a dashboard or an app').fill('SEATTLE weath');
    await expect(found).toHaveText('1 found');
    expect(await page.evaluate(() => window.isSaidAgain), 'said again for another letter').toBeUndefined();
    await page.getByLabel('Find a dashboard or an app').fill('no such words');
    await expect(found).toHaveText('Nothing here. Press Enter to search all.');
    await page.getByLabel('Find a dashboard or an app').fill('SEATTLE weather');
  }
  await page.getByLabel('Find a dashboard or an app').press('Enter');
  await page.waitForURL(/\?q=SEATTLE\+weather/);
  await expect(page.getByRole('main').locator('.card')).toHaveCount(1);
});

// Case: front/early
test('the search finds what was typed before its script came', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed);
  const field = page.getByLabel('Find a dashboard or an app');
  await visitor.beforeScript('find.js', paths.home, () => field.fill('SEATTLE weather'));
  await expect(page.getByRole('search').getByRole('status')).toHaveText('1 found');
  await expect(page.getByRole('main').locator('.card').filter({ visible: true })).toHaveCount(1);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 } });

  /** Whether two elements lie over each other. */
  const overlap = async (one, other) => {
    const [a, b] = [await one.boundingBox(), await other.boundingBox()];
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  };

  test('the menu opens below its button, which closes it', async ({ page, visitor }) => {
    await visitor.signIn(reed);
    const [button, menu] = [page.getByRole('button', { name: 'Menu', exact: true }), page.locator('.site-menu')];
    await button.click();
    await expect(menu).toBeVisible();
    expect(await overlap(button, menu)).toBe(false);
    await button.click();
    await expect(menu).toBeHidden();
  });

  test('the star of a card lies beside its title, not over its picture', async ({ page, visitor }) => {
    await visitor.signIn(reed);
    await page.goto(paths.dashboards);
    const card = page.locator('.card', { has: page.locator('.card-preview') }).first();
    expect(await overlap(card.locator('.star'), card.locator('.card-preview'))).toBe(false);
    expect(await overlap(card.locator('.star'), card.locator('.card-title'))).toBe(false);
  });

  test('a table that goes on sideways says so, and one that fits does not', async ({ page, visitor }) => {
    await visitor.signIn(wren, { from: paths.weather });
    const table = page.locator('.panel-table .scroll');
    const hint = () => table.evaluate((of) => getComputedStyle(of, '::after').content);
    expect(await hint()).toContain('Scroll sideways');
    await expect(table).toHaveAttribute('tabindex', '0');
    await page.setViewportSize({ width: 1600, height: 800 });
    expect(await hint()).toBe('none');
  });
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [360, 1280, 1920, 2560]) {
    test.describe(`${colorScheme}, ${width} pixels`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('the front page and the list are accessible and fit @script', async ({ page, visitor }) => {
        await visitor.signIn(ada, { from: paths.weather });
        for (const [name, path] of [['home', paths.home], ['dashboards', paths.dashboards], ['found', `${paths.home}?q=weather`]]) {
          await visitor.open(path);
          if (width === 2560) {
            const { width: main } = await page.getByRole('main').boundingBox();
            expect.soft(main, `${path}: how wide it is`).toBeGreaterThan(2400);
          }
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), path).toEqual([]);
          const overflow = await page.evaluate(() => document.body.scrollWidth - document.documentElement.clientWidth);
          expect.soft(overflow, `${path}: pixels that stick out to the right`).toBeLessThanOrEqual(0);
          await page.screenshot({ path: `artefacts/front/${name}-${colorScheme}-${width}.png`, fullPage: true });
        }
      });
    });
  }
}
