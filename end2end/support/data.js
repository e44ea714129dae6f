// Data sets and dashboards that a test creates, as people do.
import { wren } from './people.js';

const button = (page, name) => page.getByRole('button', { name, exact: true });

/** A name that is unique among tests. */
export const unique = (stem) => `${stem}-${crypto.randomUUID().slice(0, 8)}`;

/** Uploads `text` as a file called `name` in the open form, and waits for the page of the upload. */
export async function send(page, name, text) {
  const buffer = Buffer.from(text);
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer });
  await button(page, 'Upload').click();
  await page.waitForURL(/\/uploads\/[0-9a-f]{32}$/);
}

/** Signs Wren in and creates a data set of `rows` (CSV), which she owns. Returns its name, which begins with `stem`. */
export async function makeDataSet(page, visitor, rows, stem = 'sales') {
  const name = unique(stem);
  await visitor.signIn(wren, { from: '/uploads' });
  await visitor.open('/uploads');
  await send(page, `${name}.csv`, rows);
  await button(page, 'Import').click();
  await page.waitForURL(`**/datasets/${name}?imported=*`);
  return name;
}

/** The same with the proposed dashboard for it, whose editor is then open. Returns the name of both. */
export async function makeDashboard(page, visitor, rows, stem = 'sales') {
  const name = await makeDataSet(page, visitor, rows, stem);
  await page.getByRole('link', { name: 'Make a dashboard' }).click();
  await button(page, 'Make this dashboard').click();
  await page.waitForURL(`**/dashboards/${name}/edit`);
  return name;
}
