// The log of a running program. Every log is also searched for secrets when its Rolecall is stopped.
import { expect, test } from '../support/fixtures.js';
import { reed } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { secrets } from '../support/secrets.js';
import { paths } from '../support/visitor.js';

test('what happened is an entry of its own, found by the request that the page names', async ({
  consoleWatch,
  page,
  visitor,
}) => {
  consoleWatch.expectStatus(400);
  consoleWatch.expectStatus(403);
  const app = await Rolecall.start({ settings: { ROLECALL_LOG: 'json', ROLECALL_LOG_FILTER: 'info' } });
  const entries = () => app.log.trim().split('\n').map((line) => JSON.parse(line));
  const event = async (name) => {
    await expect.poll(() => entries().some((entry) => entry.event === name)).toBe(true);
    return entries().find((entry) => entry.event === name);
  };
  try {
    await visitor.open(app.origin);
    await visitor.signInButton().click();
    await visitor.choose('Decline');
    const refused = await event('sign_in_refused');
    await expect(page.getByRole('main')).toContainText(refused.span.request_id);
    expect(refused).toMatchObject({ level: 'WARN', provider_error: 'access_denied', ip: '127.0.0.1' });

    await visitor.signIn(reed, { from: app.origin });
    const { user_id } = await event('signed_in');
    await page.goto(`${app.origin}/admin/sessions`);
    expect(await event('access_denied')).toMatchObject({ user_id, reason: 'role', role: 'read', needed: 'admin' });
    await visitor.open(app.origin);
    await visitor.signOut();
    expect(await event('signed_out')).toMatchObject({ user_id, provider: 'demo' });
  } finally {
    await app.stop();
  }
});

// Case: logs/no-secrets
test('a secret in a log would be found', async ({ app, context, page, visitor }) => {
  await visitor.signIn(reed, { from: `${app.origin}${paths.weather}` });
  const kinds = await secrets.kinds();
  for (const kind of ['code', 'state', 'nonce', 'cookie']) expect(kinds).toContain(kind);
  for (const { value } of await context.cookies()) {
    for (const text of [`one ${value} more`, `in-another${value}word`]) {
      expect(await secrets.foundIn(text)).toEqual(value.length > 1 ? ['cookie'] : []);
    }
  }
  secrets.note('sentence', 'several words, "quoted"');
  expect(await secrets.foundIn('it is several words, "quoted", here')).toEqual(['sentence']);
  expect(await secrets.foundIn('token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ5b3UifQ.c2ln')).toEqual(['JSON Web Token']);
  expect(await secrets.foundIn('nothing')).toEqual([]);
  await expect(page).toHaveURL((url) => url.pathname === paths.weather);
  expect(app.log).toContain('signed_in');
});
