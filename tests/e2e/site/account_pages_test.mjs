// Signing in, one's own account and the pages for administrators in a browser, on a real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, skipWhereItCannotRun } from './browser.mjs';
import { assertGood, usePage } from './looks.mjs';
import { addToken, crash, startServer } from './server.mjs';

skipWhereItCannotRun('this test has a server of its own');

const kPassword = 'a long enough password';
let server, launched, browser, first, session;

before(async () => {
  launched = launchBrowser();
  launched.catch(() => undefined);  // Told where it is awaited, also when the server fails first.
  server = await startServer([]);
  const token = await addToken(server, 'first', 'administer,view_pings');
  first = await crash(server, 'null-read', '20261122000001', { 'Auth-Token': token });
  await post(token, '/api/Users/', { name: 'ann', permissions: ['administer', 'view_pii', 'edit_bugs'], password: kPassword });
  await post(token, '/api/Users/', { name: 'ben', permissions: ['view_pings'], password: kPassword });
  browser = await launched;
  session = await signIn('ann');
});

after(async () => {
  await (await launched.catch(() => undefined))?.close();
  await server?.stop();
});

async function post(token, path, body) {
  const response = await fetch(server.url + path, { method: 'POST', headers: { 'Auth-Token': token, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  assert.equal(response.status, 200, `POST ${path}: ${await response.text()}`);
}

// As a person would, by the form; gives what the browser keeps of it.
async function signIn(name) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}/account/sign-in`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(kPassword);
  await page.keyboard.press('Enter');
  await page.locator('.account .who').waitFor();
  const storageState = await context.storageState();
  await context.close();
  return { storageState };
}

const withPage = (path, options, use) => usePage(browser, server, path, options, use);
const heading = (page, name) => page.getByRole('heading', { name, exact: true });

test('who signs in comes back to where they were', () => withPage(`/report/index/${first.report}?tab=debug`, {}, async (page) => {
  await page.getByRole('link', { name: 'Sign in' }).click();
  await heading(page, 'Sign in').waitFor();
  await assertGood(page, 'sign-in');
  await page.getByLabel('Name').fill('ben');
  await page.getByLabel('Password').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('The name or the password is wrong.').waitFor();
  await page.getByLabel('Password').fill(kPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/report/index/${first.report}?tab=debug`);
  await page.locator('.account .who', { hasText: 'ben' }).waitFor();
  await page.reload();
  await page.locator('.account .who', { hasText: 'ben' }).waitFor();
}));

test('protected data appears for who may see it', () => withPage(`/report/index/${first.report}?tab=annotations`, session, async (page) => {
  await page.getByText('This comment goes out').waitFor();
}));

test('the account says what one may do', () => withPage('/account', session, async (page) => {
  await heading(page, 'ann').waitFor();
  await page.locator('.permissions-list', { hasText: 'may say who a person is' }).waitFor();
  await assertGood(page, 'account');
}));

test('a token is made, shown once, works, and is revoked', () => withPage('/account', session, async (page) => {
  await page.locator('summary', { hasText: 'New token' }).click();
  await page.getByLabel('What it is for').fill('nightly export');
  await page.getByRole('checkbox', { name: /view_pii/ }).check();
  await page.getByRole('button', { name: 'Make it' }).click();
  const token = await page.locator('.shown-once code').innerText();
  const me = async () => (await fetch(`${server.url}/api/Me/`, { headers: { 'Auth-Token': token } }));
  assert.deepEqual((await (await me()).json()).permissions, ['view_pii']);
  await assertGood(page, 'token-made');
  await page.getByRole('button', { name: 'Revoke nightly export' }).click();
  await page.locator('.tokens tr', { hasText: 'nightly export' }).getByText(/revoked/).waitFor();
  assert.notEqual((await me()).status, 200);
  await page.reload();
  await page.locator('.tokens').waitFor();
  assert.equal(await page.locator('.shown-once').count(), 0);
}));

test('a password is changed by who knows the old one', async () => withPage('/account', await signIn('ben'), async (page) => {
  await page.locator('summary', { hasText: 'Change the password' }).click();
  await page.getByLabel('Old password').fill('wrong');
  await page.getByLabel('New password').fill('another long password');
  await page.getByLabel('The new one again').fill('another long password');
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.getByText('The old password is wrong.').waitFor();
  await page.getByLabel('Old password').fill(kPassword);
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.getByText('Changed. Sessions elsewhere have ended.').waitFor();
}));

test('an administrator changes what somebody may do, and the log has it', () => withPage('/admin/users', session, async (page) => {
  await page.getByRole('link', { name: 'ben' }).click();
  await page.waitForURL('**?user=ben');
  await assertGood(page, 'users');
  await page.getByRole('checkbox', { name: /reprocess_crashes/ }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/admin/users');
  await page.locator('tr', { hasText: 'ben' }).getByText('reprocess_crashes').waitFor();
  await page.getByRole('link', { name: 'Audit log' }).click();
  await page.locator('table.audit tr', { hasText: 'grant reprocess_crashes' }).waitFor();
  await assertGood(page, 'audit');
  await page.locator('table.audit').getByRole('link', { name: 'read protected' }).first().click();
  await page.waitForURL((url) => url.searchParams.get('action') === 'read protected');
}));

test('a product is set up, and its page says so', () => withPage('/admin/products?new', session, async (page) => {
  await page.locator('.form').getByLabel('Name').fill('Crashy');
  await page.getByLabel('Description').fill('An example.');
  await page.getByLabel('Featured versions').fill(first.version);
  await page.getByRole('button', { name: 'Add one' }).first().click();
  await page.getByLabel('Links of its page: label 1').fill('Source');
  await page.getByLabel('Links of its page: address 1').fill('https://example.org/source');
  await assertGood(page, 'product-form');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/admin/products');
  await page.getByRole('link', { name: 'Its page: Crashy' }).click();
  await page.getByText('An example.').waitFor();
  await page.getByText('featured').waitFor();
  await page.getByRole('link', { name: 'Source' }).waitFor();
}));

test('rules of signatures are tried, put in force and undone', () => withPage('/admin/signatures', session, async (page) => {
  const rules = page.getByLabel(/Rules of our own/);
  await rules.fill('[[rule]]\nname = "x"\n');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('the rule has no effect').waitFor();
  await rules.fill('[[rule]]\nname = "x"\nfunction = ".*balance"\neffect = "skip"\n');
  await page.getByRole('button', { name: 'Preview' }).click();
  await heading(page, 'What it would do').waitFor();
  await assertGood(page, 'signing');
  await page.getByLabel('Why').fill('for a try');
  await page.getByRole('button', { name: 'Put it in force' }).click();
  await page.locator('tr', { hasText: 'for a try' }).waitFor();
  await page.locator('summary', { hasText: 'Undo the newest change' }).click();
  await page.getByRole('button', { name: 'Undo it' }).click();
  await page.locator('tr', { hasText: 'undo' }).waitFor();
}));

test('the rules of the collector can be read', () => withPage('/admin/rules', session, async (page) => {
  await page.locator('.text-block', { hasText: 'has_comments' }).waitFor();
  await assertGood(page, 'collector-rules');
}));

test('others are told that this is not for them', async () => {
  await withPage('/admin/audit', {}, async (page) => {
    await heading(page, 'This is for administrators').waitFor();
    await page.getByText('Nobody has signed in here').waitFor();
  });
});

test('who signs out is nobody', async () => withPage('/account', await signIn('ann'), async (page) => {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('.account').getByRole('link', { name: 'Sign in' }).waitFor();
  await page.goto(`${server.url}/account`);
  await page.getByText('Nobody has signed in here').waitFor();
}));
