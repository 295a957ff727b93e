// SQL in a browser: who may signs in, asks, reads and copies what is found, all by keyboard; on a real server with real crashes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, skipWhereItCannotRun } from './browser.mjs';
import { assertGood, usePage } from './looks.mjs';
import { addToken, crash, startServer } from './server.mjs';

skipWhereItCannotRun('this test has a server of its own');

const kPassword = 'a long enough password';
const kMostStops = 40;
const kClipboard = { permissions: ['clipboard-read', 'clipboard-write'] };
let server, browser, first, person;

before(async () => {
  browser = await launchBrowser();
  server = await startServer(['view_pings']);
  const token = await addToken(server, 'first', 'administer');
  first = await crash(server, 'null-read', '20261122000001');
  await crash(server, 'abort', '20261122000002');
  for (const [name, permissions] of [['ann', ['run_custom_queries', 'view_pings']], ['ben', ['view_pings']]]) {
    const response = await fetch(`${server.url}/api/Users/`, {
      method: 'POST', headers: { 'Auth-Token': token, 'Content-Type': 'application/json' }, body: JSON.stringify({ name, permissions, password: kPassword }),
    });
    assert.equal(response.status, 200, await response.text());
  }
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const withPage = (path, options, use) => usePage(browser, server, path, options, use);
const statement = (page) => page.getByLabel(/^Statement/);
const result = (page) => page.locator('table.sql-rows');
const cells = (page, row) => result(page).locator('tbody tr').nth(row).locator('td').allInnerTexts();

async function tabTo(page, goal) {
  await goal.waitFor();
  for (let stop = 0; stop < kMostStops; stop += 1) {
    if (await goal.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not come to ${goal}`);
}

// In place of what the field holds.
async function ask(page, sql) {
  await tabTo(page, statement(page));
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(sql);
  await page.keyboard.press('Control+Enter');
}

async function signIn(page, name) {
  await tabTo(page, page.locator('form').getByLabel('Name'));
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(kPassword);
  await page.keyboard.press('Enter');
  await page.locator('.account .who', { hasText: name }).waitFor();
}

test('nobody runs SQL who has not signed in, or may not', async () => {
  await withPage('/sql', {}, async (page) => {
    await page.getByRole('heading', { name: /for people with the permission run_custom_queries/ }).waitFor();
    assert.equal(await statement(page).count(), 0);
    await tabTo(page, page.getByRole('link', { name: 'Sign in' }));
    await page.keyboard.press('Enter');
    await signIn(page, 'ben');
    await page.waitForURL('**/sql');
    await page.getByRole('heading', { name: /for people with the permission run_custom_queries/ }).waitFor();
    assert.equal(await page.locator('.account').getByRole('link', { name: 'SQL' }).count(), 0);
    await assertGood(page, 'sql-forbidden');
  });
});

test('who may signs in, and comes to it by the header', () => withPage('/account/sign-in', {}, async (page) => {
  await signIn(page, 'ann');
  person = { storageState: await page.context().storageState() };
  await tabTo(page, page.locator('.account').getByRole('link', { name: 'SQL' }));
  await page.keyboard.press('Enter');
  await page.waitForURL('**/sql');
  await statement(page).waitFor();
  assert.match(await statement(page).inputValue(), /^SELECT signature/);
  await page.locator('details', { hasText: 'crashes' }).first().waitFor();
  assert.equal(await result(page).count(), 0, 'nothing runs by itself');
}));

test('a statement is run, its rows are read and copied, and the address holds it', () => withPage('/sql', { ...person, ...kClipboard }, async (page) => {
  const sql = 'SELECT signature, count(*) AS crashes, NULL AS "no thing" FROM crashes GROUP BY signature, uuid ORDER BY uuid = '
    + `'${first.report}' DESC`;
  await ask(page, sql);
  await result(page).waitFor();
  await page.getByRole('status').filter({ hasText: '2 rows' }).waitFor();
  assert.deepEqual(await result(page).locator('thead th').allInnerTexts(), ['signature', 'crashes', 'no thing']);
  assert.deepEqual(await cells(page, 0), [first.signature, '1', '']);
  await page.waitForURL((url) => url.searchParams.get('sql') === sql);
  await assertGood(page, 'sql-rows');

  await tabTo(page, page.locator('.sql-result').getByRole('button', { name: 'CSV' }));
  await page.keyboard.press('Enter');
  await page.locator('.said', { hasText: 'Copied' }).waitFor();
  const csv = (await page.evaluate(() => navigator.clipboard.readText())).replaceAll('\r\n', '\n').split('\n');
  assert.equal(csv.length, 4);
  assert.equal(csv[0], 'signature,crashes,no thing');
  assert.ok(csv[1].includes(first.signature) && csv[1].endsWith(',1,'), csv[1]);

  await tabTo(page, result(page).locator('tbody tr[tabindex="0"]'));
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(() => document.activeElement.rowIndex), 2);
}));

test('a statement in the address waits until somebody runs it', () => withPage(`/sql?${new URLSearchParams({ sql: 'SELECT 6 * 7 AS answer' })}`, person, async (page) => {
  await tabTo(page, statement(page));
  assert.equal(await statement(page).inputValue(), 'SELECT 6 * 7 AS answer');
  assert.equal(await result(page).count(), 0);
  await tabTo(page, page.getByRole('button', { name: 'Run' }));
  await page.keyboard.press('Enter');
  await result(page).waitFor();
  assert.deepEqual(await cells(page, 0), ['42']);
}));

test('what the server refuses is told in its words, and the statement stays', () => withPage('/sql', person, async (page) => {
  for (const [sql, words] of [
    ['SELECT nothing_is_called_so FROM crashes', /nothing_is_called_so/],
    ["COPY crashes TO '/tmp/cairn_e2e.csv'", /./],
    ["SELECT * FROM read_text('/etc/passwd')", /./],
  ]) {
    await ask(page, sql);
    const problem = page.locator('form .problem-line');
    await problem.filter({ hasText: words }).waitFor();
    assert.equal(await statement(page).inputValue(), sql);
    assert.equal(await result(page).count(), 0);
    if (words.source !== '.') await assertGood(page, 'sql-refused');
  }
  await ask(page, 'SELECT count(*) AS crashes FROM crashes WHERE false');
  await result(page).waitFor();
  assert.deepEqual(await cells(page, 0), ['0']);
  await page.locator('form .problem-line').filter({ hasText: /./ }).waitFor({ state: 'detached' });
}));
