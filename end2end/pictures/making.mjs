// From a file to a dashboard: the pictures of docs/DASHBOARDS.md, and the one of the README.
import { reed, wren } from '../support/people.js';
import { Visitor } from '../support/visitor.js';

const [REGIONS, PRODUCTS] = [['North', 'South', 'West'], ['Coffee', 'Tea', 'Cocoa']];

/** Two years of sales, the same in each run. */
function sales() {
  const rows = ['day,region,product,amount'];
  for (let day = 0; day < 730; day += 1) {
    const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
    const season = 1 + 0.35 * Math.sin((day / 365) * 2 * Math.PI) + day / 2_000;
    REGIONS.forEach((region, r) =>
      PRODUCTS.forEach((product, p) => {
        const amount = season * (120 - 22 * r - 17 * p) * (0.8 + 0.4 * ((day * 7 + r * 5 + p * 3) % 11) / 10);
        rows.push(`${date},${region},${product},${amount.toFixed(2)}`);
      }),
    );
  }
  return Buffer.from(rows.join('\n'));
}

/** Takes the pictures. `open` opens a page in a new browser, `take` takes a picture of a page. */
export async function takeMaking(open, take) {
  const page = await open();
  const visitor = new Visitor(page, { scripted: true });
  const click = (role, name) => page.getByRole(role, { name, exact: true }).click();

  await visitor.signIn(wren, { from: '/dashboards/weather' });
  await page.waitForLoadState('networkidle');
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width: 1280, height: 1060 });
  await take('dashboard', page);
  await page.setViewportSize({ width, height });
  await page.goto('/uploads');
  await page.locator('input[type=file]').setInputFiles({ name: 'sales.csv', mimeType: 'text/csv', buffer: sales() });
  await click('button', 'Upload');
  await page.waitForURL(/\/uploads\/[0-9a-f]{32}$/);
  await page.getByRole('button', { name: 'Import', exact: true }).waitFor();
  await take('making-upload', page);
  await click('button', 'Import');
  await page.waitForURL('**/datasets/sales?imported=*');
  await click('link', 'Make a dashboard');
  await page.getByLabel('Title').fill('Sales');
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
  await take('making-proposal', page);
  await click('button', 'Make this dashboard');
  await page.waitForURL('**/dashboards/sales/edit');
  await page.locator('.edited').first().scrollIntoViewIfNeeded();
  await take('making-editor', page);
  await page.goto('/dashboards/sales');
  await visitor.alive();
  await take('making-dashboard', page);

  const readers = await open();
  await new Visitor(readers, { scripted: true }).signIn(reed);
  await readers.goto('/dashboards/sales');
  await readers.getByRole('main').getByRole('button', { name: /favourites/ }).click();
  await readers.goto('/dashboards/weather');
  await readers.goto('/');
  await readers.waitForLoadState('networkidle');
  await take('making-front', readers);
}
