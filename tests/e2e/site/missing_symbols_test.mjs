// The page of missing symbols in a browser, on a real server that got a real crash and no symbols: those of the program
// are listed, and once they are uploaded the row goes and the crash has its names.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, launchBrowser, skipWhereItCannotRun } from './browser.mjs';
import { assertGood, usePage } from './looks.mjs';
import { crash, startServer, uploadSymbols } from './server.mjs';

skipWhereItCannotRun('this test needs a server that has no symbols yet');

const kPath = '/symbols/missing';
// Counts are written every two seconds.
const kListedMs = 20_000;

let server, launched, browser, crashed;

before(async () => {
  launched = launchBrowser();
  launched.catch(() => undefined);  // Told where it is awaited, also when the server fails first.
  server = await startServer(['view_pings', 'upload_symbols']);
  crashed = await crash(server, 'null-read', '20261122000001');
  await until('crashy is listed', async () => (await listed()).some((hit) => hit.debug_file === 'crashy' && hit.crashes > 0));
  browser = await launched;
});

after(async () => {
  await (await launched.catch(() => undefined))?.close();
  await server?.stop();
});

async function listed(query = '') {
  const response = await fetch(`${server.url}/api/MissingSymbols/${query}`);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()).hits;
}

async function until(what, holds) {
  const end = Date.now() + kListedMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const withPage = (path, options, use) => usePage(browser, server, path, options, use);

const rows = (page) => page.locator('table.missing tbody tr');
const rowOf = (page, file) => rows(page).filter({ has: page.locator('.col-file bdi').first().getByText(file, { exact: true }) });
const titleOf = (page, name) => page.getByRole('columnheader', { name, exact: true });

async function assertAccessibleInBothSchemes(page, where) {
  await assertAccessible(page, where);
  await page.emulateMedia({ colorScheme: 'dark' });
  await assertAccessible(page, `${where}, dark`, ['color-contrast']);
  await page.emulateMedia({ colorScheme: 'light' });
}

test('the menu leads to what the crash waits for', () => withPage('/', {}, async (page) => {
  await page.getByRole('link', { name: 'Symbols', exact: true }).click();
  await page.waitForURL(`**${kPath}`);
  const hit = (await listed('?file=crashy')).find(({ debug_file }) => debug_file === 'crashy');
  const row = rowOf(page, 'crashy');
  await row.waitFor();
  assert.equal(await row.locator('.col-crashes').innerText(), String(hit.crashes));
  assert.equal(await row.locator('.col-last').innerText(), hit.last_day);
  const id = row.locator('.col-id button');
  assert.equal(await id.innerText(), `${hit.debug_id.slice(0, 12)}…`);
  assert.ok((await id.getAttribute('title')).includes(hit.debug_id));
  assert.ok((await page.locator('.upload-hint code').innerText()).includes(`--url ${server.url} `));
  assert.equal(await page.getByRole('link', { name: 'Symbols', exact: true }).getAttribute('aria-current'), 'page');
  assert.equal(await page.getByRole('link', { name: 'Missing', exact: true }).getAttribute('aria-current'), 'page');
}));

test('the URL holds name, days and order', () => withPage(kPath, {}, async (page) => {
  await rowOf(page, 'crashy').waitFor();
  const all = await rows(page).count();
  assert.ok(all > 1, 'the C library has no symbols either');
  await page.getByLabel('Part of the file name').fill('CRASHY');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${kPath}?file=CRASHY`);
  await page.waitForFunction((count) => document.querySelectorAll('table.missing tbody tr').length < count, all);
  await page.getByRole('link', { name: '7 days' }).click();
  await page.waitForURL((url) => /^>=\d{4}-\d\d-\d\d$/.test(url.searchParams.get('date') ?? ''));
  await titleOf(page, 'File').getByRole('link').click();
  await page.waitForURL((url) => url.searchParams.get('sort') === 'file' && url.searchParams.get('file') === 'CRASHY');
  await page.reload();
  await rowOf(page, 'crashy').waitFor();
  assert.equal(await page.getByLabel('Part of the file name').inputValue(), 'CRASHY');
  assert.equal(await titleOf(page, 'File').getAttribute('aria-sort'), 'ascending');
  assert.equal(await page.locator('.ranges [aria-current]').innerText(), '7 days');
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.waitForURL((url) => !url.searchParams.has('file') && url.searchParams.get('sort') === 'file');
}));

test('a row leads to the crashes that wait', () => withPage(kPath, {}, async (page) => {
  const hit = (await listed('?file=crashy')).find(({ debug_file }) => debug_file === 'crashy');
  await rowOf(page, 'crashy').locator('.col-crashes a').click();
  await page.waitForURL((url) => url.pathname === '/search' && url.searchParams.get('missing_debug_id') === hit.debug_id);
  for (const id of [crashed.report, crashed.ping]) await page.locator(`tr[data-key="${id}"]`).waitFor();
  assert.equal(await page.locator('table.data.crashes tbody tr').count(), hit.crashes);
  await page.getByText(`Missing debug id is`).waitFor();
}));

test('the list is there as a CSV file, with the same filter', () => withPage(`${kPath}?file=crashy`, {}, async (page) => {
  await rowOf(page, 'crashy').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  assert.equal(download.suggestedFilename(), 'missingsymbols.csv');
  const text = await (await fetch(download.url())).text();
  const lines = text.trim().split('\r\n');
  assert.equal(lines[0], 'debug_file,debug_id,code_file,code_id');
  assert.ok(lines.length > 1 && lines.slice(1).every((line) => line.includes('crashy')), text);
}));

test('the keyboard is enough', () => withPage(kPath, {}, async (page) => {
  await rows(page).first().focus();
  const keyAt = () => page.evaluate(() => document.activeElement.dataset.key);
  const start = await keyAt();
  await page.keyboard.press('j');
  assert.notEqual(await keyAt(), start);
  await page.keyboard.press('k');
  assert.equal(await keyAt(), start);
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.title), /^Copy /);
}));

test('an empty list says what emptied it', async () => {
  await withPage(`${kPath}?file=no_file_is_called_so`, {}, async (page) => {
    await page.getByText('No module that is missing symbols has').waitFor();
    await assertAccessibleInBothSchemes(page, 'no such file');
  });
  await withPage(`${kPath}?file=crashy&date=%3C2001-01-01`, {}, async (page) => {
    await page.getByRole('heading', { name: 'None in these days' }).waitFor();
    await page.getByText('In all days that are kept').waitFor();
    await page.getByRole('link', { name: 'Show all days' }).click();
    await rowOf(page, 'crashy').waitFor();
  });
  await withPage(`${kPath}?date=x`, {}, async (page) => {
    await page.getByRole('heading', { name: 'The server does not understand this filter' }).waitFor();
  });
});

test('who may not see the list is told so', () => withPage('/no', {}, async (page) => {
  const answer = { status: 403, json: { error: 'needs the permission upload_symbols' } };
  await page.route('**/api/MissingSymbols/**', (route) => route.fulfill(answer));
  await page.route('**/api/Healing/', (route) => route.fulfill(answer));
  await page.goto(server.url + kPath);
  await page.getByRole('heading', { name: 'You may not see which symbols are missing' }).waitFor();
  assert.equal(await page.locator('.healing').count(), 0);
}));

// What clients can make up; the server is not asked, so that every field can be chosen.
const kOddHits = Array.from({ length: 200 }, (_, index) => ({
  debug_file: index === 0 ? `\u202e${'long_name_'.repeat(40)}.pdb` : `<b>lib${index}.so`, debug_id: 'A'.repeat(index === 1 ? 3 : 33),
  code_file: index % 2 === 0 ? 'x'.repeat(200) : '', crashes: 2 ** (index % 40), symbolications: index, first_day: '2026-11-01', last_day: '2026-11-22',
}));

test('the page is accessible, narrow windows need no sideways scrolling, odd names do no harm', () => withPage('/no', {}, async (page) => {
  await page.route('**/api/MissingSymbols/**', (route) => route.fulfill({ json: { hits: kOddHits, total: 1234 } }));
  await page.goto(`${server.url}${kPath}?sort=-requests`);
  await rows(page).first().waitFor();
  assert.equal(await rows(page).first().locator('.col-file bdi').first().innerText(), '<b>lib199.so');
  await page.getByText('Sorted within this page').waitFor();
  await assertGood(page, 'missing-symbols');
  for (const width of [860, 700, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await assertAccessibleInBothSchemes(page, `missing symbols, ${width} px`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${width} px`);
  }
}));

// Last: from here on the server has symbols.
test('symbols that come take the row away, and the crash gets its names', () => withPage(kPath, {}, async (page) => {
  await rowOf(page, 'crashy').waitFor();
  await uploadSymbols(server);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.locator('.healing').waitFor();
  await rowOf(page, 'crashy').waitFor({ state: 'detached', timeout: kListedMs });
  await page.getByText(/late symbols named [1-9]/).waitFor({ timeout: kListedMs });
  await until('the crash is found by a name', async () => {
    const response = await fetch(`${server.url}/api/SuperSearch/?uuid=${crashed.report}&_columns=signature&_results_number=1`);
    const { hits } = await response.json();
    return hits.length === 1 && hits[0].signature.includes('::');  // Not the module's name any more.
  });
}));

test('the report names the frames by the symbols that came, and says so', () => withPage(`/report/index/${crashed.report}`, {}, async (page) => {
  await page.getByText(/frames? (was|were) named after processing/).first().waitFor();
  const top = page.locator('table.stack').first().locator('tbody tr').first();
  assert.match(await page.locator('h1').innerText(), /::/);
  assert.match(await top.locator('.col-function').innerText(), /crashy/);
  assert.match(await top.locator('.col-source').innerText(), /:\d+/);
  assert.equal(await top.locator('.mark.missing').count(), 0);
  await assertAccessibleInBothSchemes(page, 'a healed report');
  await page.locator('.report .tabs').getByRole('link', { name: 'Modules' }).click();
  await page.locator('table.modules').getByText('came later').first().waitFor();
  await assertAccessibleInBothSchemes(page, 'modules of a healed report');
}));
