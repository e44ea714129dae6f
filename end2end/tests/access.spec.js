// Requests for access: a person asks on the page that refuses them, an administrator answers in another browser, and
// they have access. Also viewing Rolecall with a lower role.
import { panels } from '../support/dashboard.js';
import { expect, test } from '../support/fixtures.js';
import { ada, nora, reed } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

// Case: admin/request
test('Nora asks for a role, Ada gives it, and Nora is in without signing in again', async ({ browser, consoleWatch, page, scripted, visitor }) => {
  consoleWatch.expectStatus(403);
  const app = await Rolecall.start();
  try {
    const contexts = [];
    const somebody = async () => {
      const context = await browser.newContext({ baseURL: app.origin, javaScriptEnabled: scripted });
      contexts.push(context);
      return new Visitor(await context.newPage(), { scripted });
    };
    const [asking, deciding] = [await somebody(), await somebody()];
    await asking.signIn(nora);
    expect((await asking.page.goto(paths.dashboards)).status()).toBe(403);
    const main = asking.page.getByRole('main');
    await main.getByLabel('What do you need the role Read for?').fill('I am <b>new</b> שלום');
    await main.getByRole('button', { name: 'Request access' }).click();
    await expect(main.getByText('Waiting for an answer')).toBeVisible();
    await asking.page.goto(paths.dashboards);
    await expect(main).toContainText('No administrator has answered yet');

    await deciding.signIn(ada);
    await deciding.open(paths.admin);
    const pageOfAda = deciding.page;
    await expect(pageOfAda.getByRole('main')).toContainText('1 waits.');
    await pageOfAda.getByRole('main').getByRole('link', { name: 'Requests' }).click();
    await expect(pageOfAda.getByText('I am <b>new</b> שלום')).toBeVisible();
    await pageOfAda.getByLabel('Message to the person (optional)').first().fill('Welcome');
    await pageOfAda.getByRole('button', { name: /^Give the role Read to Nora/ }).click();
    await expect(pageOfAda.getByText('No request is waiting.')).toBeVisible();

    expect(await asking.open(paths.dashboards)).toBe(200);
    await asking.open(paths.account);
    await expect(main).toContainText('gave you the role');
    await expect(main).toContainText('Welcome');
    await Promise.all(contexts.map((context) => context.close()));
  } finally {
    await app.stop();
  }
});

// Case: live/answers
test('Nora reads on an open page that her request was declined', async ({ browser, consoleWatch, scripted }) => {
  test.skip(!scripted, 'Without script a page hears nothing.');
  consoleWatch.expectStatus(403);
  const app = await Rolecall.start();
  try {
    const contexts = await Promise.all([1, 2].map(() => browser.newContext({ baseURL: app.origin })));
    const [asking, deciding] = await Promise.all(contexts.map(async (context) => new Visitor(await context.newPage(), { scripted })));
    const ask = async (page) => {
      await page.goto(paths.dashboards);
      await page.getByLabel('What do you need the role Read for?').fill('I am new');
      await page.getByRole('main').getByRole('button', { name: 'Request access' }).click();
      await expect(page.getByText('Waiting for an answer')).toBeVisible();
    };
    const decline = async (why) => {
      await deciding.open('/admin/requests');
      await deciding.page.getByText('Decline', { exact: true }).first().click();
      await deciding.page.getByLabel('Why (the person reads it)').fill(why);
      await deciding.page.getByRole('button', { name: /^Decline the request of Nora/ }).click();
      await expect(deciding.page.getByText('No request is waiting.')).toBeVisible();
    };
    await asking.signIn(nora);
    await ask(asking.page);
    await asking.open('/');
    const main = asking.page.getByRole('main');

    await deciding.signIn(ada);
    await decline('Ask HR');
    await expect(main.getByRole('status')).toContainText('Your request for access was answered.');
    await expect(main.getByRole('status')).toContainText('Ask HR');
    // The next answer is shown next to the first.
    const tab = await contexts[0].newPage();
    await ask(tab);
    await tab.close();
    await decline('HR has not heard of you');
    await expect(main.getByRole('status')).toContainText('Your requests for access were answered.');
    await expect(main.getByRole('status')).toContainText('HR has not heard of you');
    await expect(main.getByRole('status')).toContainText('Ask HR');
    expect(new URL(asking.page.url()).pathname).toBe('/');
    await Promise.all(contexts.map((context) => context.close()));
  } finally {
    await app.stop();
  }
});

// Case: live/answers
test('Reed reads on an open dashboard that he has the role, with the message of the administrator', async ({ browser, scripted }) => {
  test.skip(!scripted, 'Without script a page hears nothing.');
  const app = await Rolecall.start();
  try {
    const contexts = await Promise.all([1, 2].map(() => browser.newContext({ baseURL: app.origin })));
    const [asking, deciding] = await Promise.all(contexts.map(async (context) => new Visitor(await context.newPage(), { scripted })));
    await asking.signIn(reed);
    await asking.open(paths.account);
    const main = asking.page.getByRole('main');
    await main.getByText('Request access', { exact: true }).first().click();
    await main.getByLabel('What do you need it for? (An administrator reads it)').fill('I keep the figures');
    await main.getByRole('button', { name: 'Request access' }).click();
    await expect(main.getByText('Waiting for an answer')).toBeVisible();
    await asking.open(paths.weather);

    await deciding.signIn(ada);
    await deciding.open('/admin/requests');
    await deciding.page.getByLabel('Message to the person (optional)').first().fill('Welcome <b>aboard</b>');
    await deciding.page.getByRole('button', { name: /^Give the role Write to Reed/ }).click();
    await expect(deciding.page.getByText('No request is waiting.')).toBeVisible();

    // The panels that the role may open replace the old content, and both notices stay.
    await expect(panels(asking.page).note.getByRole('textbox')).toBeEditable();
    await expect(main.locator('#answered')).toContainText('Welcome <b>aboard</b>');
    await expect(main.locator('#role-changed')).toContainText('Your role has changed.');
    expect(new URL(asking.page.url()).pathname).toBe(paths.weather);
    await Promise.all(contexts.map((context) => context.close()));
  } finally {
    await app.stop();
  }
});

// Case: live/answers
test('the page that refused Nora no longer says that she waits once she has the role', async ({ browser, scripted }) => {
  test.skip(!scripted, 'Without script a page hears nothing.');
  const app = await Rolecall.start();
  try {
    const contexts = await Promise.all([1, 2].map(() => browser.newContext({ baseURL: app.origin })));
    const [asking, deciding] = await Promise.all(contexts.map(async (context) => new Visitor(await context.newPage(), { scripted })));
    await asking.signIn(nora);
    await asking.open(paths.weather);
    const main = asking.page.getByRole('main');
    await main.getByLabel('What do you need the role Read for?').fill('I am new');
    await main.getByRole('button', { name: 'Request access' }).click();
    await expect(main.getByText('Waiting for an answer')).toBeVisible();
    expect(await asking.open(paths.weather)).toBe(403);
    await expect(main).toContainText('No administrator has answered yet');

    await deciding.signIn(ada);
    await deciding.open(paths.adminRequests);
    await deciding.page.getByLabel('Message to the person (optional)').first().fill('Welcome');
    await deciding.page.getByRole('button', { name: /^Give the role Read to Nora/ }).click();
    await expect(deciding.page.getByText('No request is waiting.')).toBeVisible();

    await expect(main.locator('#answered')).toContainText('Welcome');
    await expect(main).not.toContainText('No administrator has answered yet');
    // The header is that of the front page, which is not the current one.
    const banner = asking.page.getByRole('banner');
    await expect(banner.locator('.badge')).toHaveText('Read');
    await expect(banner.locator('[aria-current]')).toHaveCount(0);
    await Promise.all(contexts.map((context) => context.close()));
  } finally {
    await app.stop();
  }
});

// Case: admin/view-as
test('Ada sees Rolecall as a reader does, and everything again when she ends it', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(403);
  await visitor.signIn(ada);
  await visitor.open(paths.admin);
  await page.getByRole('button', { name: 'View as Read' }).click();
  const banner = page.getByRole('banner');
  await expect(banner).toContainText('You see Rolecall as somebody with the role Read does.');
  await expect(banner.getByRole('link', { name: 'Admin', includeHidden: true })).toHaveCount(0);
  expect((await page.goto(paths.admin)).status()).toBe(403);
  await banner.getByRole('button', { name: 'See everything again' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Administration' })).toBeVisible();
  await expect(banner.getByRole('button', { name: 'See everything again' })).toHaveCount(0);
});

test('Ada asks whether Nora may see the weather, and runs the doctor', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(403);
  await visitor.signIn(nora);
  await visitor.signOut();
  await visitor.signIn(ada);
  await visitor.open(paths.adminAccess);
  await page.getByLabel('May this person …').fill('nora');
  await page.getByLabel('… see this?').fill(paths.weather);
  await page.getByRole('button', { name: 'Ask' }).click();
  const answer = page.getByRole('region', { name: 'Answer' });
  await expect(answer).toContainText('No. Nora Finch may not see this.');
  await expect(answer).toContainText('needs the role Read');
  await visitor.open(paths.adminHealth);
  await page.getByRole('button', { name: 'Look now' }).click();
  await expect(page.getByRole('region', { name: 'Findings' })).toBeVisible({ timeout: 30_000 });
});
