// The pages of uploads and usage in a browser, on a real server to which two people sent real symbols.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, skipWhereItCannotRun } from './browser.mjs';
import { assertGood, usePage } from './looks.mjs';
import { addToken, sendSymbols, startServer } from './server.mjs';

skipWhereItCannotRun('this test needs a server with no other uploads');

const kUploads = '/symbols/uploads';
const kUsage = '/symbols/usage';
const kId = (number) => `${number.toString(16).toUpperCase().padStart(32, '0')}0`;

let server, launched, browser;

before(async () => {
  launched = launchBrowser();
  launched.catch(() => undefined);  // Told where it is awaited, also when the server fails first.
  server = await startServer(['view_all_uploads']);
  const ann = await addToken(server, 'ann', 'upload_symbols');
  const bob = await addToken(server, 'bob', 'upload_try_symbols');
  await sendSymbols(server, ann, { product: 'Editor', files: [['libeditor.so', kId(1)], ['libtext.so', kId(2)]] });
  await sendSymbols(server, ann, { product: 'Editor', files: [['libeditor.so', kId(1)]] });  // Once more.
  await sendSymbols(server, bob, { product: 'Game', files: [['game.pdb', kId(3)]] });
  for (let i = 0; i < 20; ++i) await sendSymbols(server, ann, { product: 'Player', files: [[`libplay${i}.so`, kId(100 + i)]] });
  browser = await launched;
});

after(async () => {
  await (await launched.catch(() => undefined))?.close();
  await server?.stop();
});

const withPage = (path, options, use) => usePage(browser, server, path, options, use);

const rows = (page, table = 'uploads') => page.locator(`table.${table} tbody tr`);
const waitForRows = (page, count) => page.waitForFunction((wanted) => document.querySelectorAll('table.uploads tbody tr').length === wanted, count);

test('the newest uploads come first, and pages lead to the others', () => withPage('/symbols/missing', {}, async (page) => {
  await page.getByRole('link', { name: 'Uploads', exact: true }).click();
  await page.waitForURL(`**${kUploads}`);
  await waitForRows(page, 20);
  assert.equal(await page.getByRole('link', { name: 'Uploads', exact: true }).getAttribute('aria-current'), 'page');
  assert.equal(await page.getByRole('link', { name: 'Symbols', exact: true }).getAttribute('aria-current'), 'true');
  assert.equal(await page.locator('.status-line strong').innerText(), '23 uploads');
  await page.getByRole('link', { name: 'Next ›' }).click();
  await page.waitForURL((url) => url.searchParams.get('page') === '2');
  await waitForRows(page, 3);
  const last = rows(page).last();
  assert.equal(await last.locator('.col-user').innerText(), 'ann');
  assert.equal(await last.locator('.col-product').innerText(), 'Editor');
  assert.equal((await last.locator('.col-files').innerText()).trim(), '2');
  assert.equal(await last.locator('.col-status').innerText(), 'complete');
  assert.match((await rows(page).nth(1).locator('.col-files').innerText()).trim(), /^0 \+1 again$/);
}));

test('file, debug id, uploader, product, class and status narrow the list, and the URL holds them', () => withPage(kUploads, {}, async (page) => {
  await waitForRows(page, 20);
  const filter = async (label, text, name, count) => {
    await page.getByLabel(label, { exact: true }).fill(text);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get(name) === text);
    await waitForRows(page, count);
  };
  await filter('File name or debug id', 'LIBTEXT', 'key', 1);
  await filter('File name or debug id', kId(3).slice(20), 'key', 1);
  await page.reload();
  await waitForRows(page, 1);
  assert.equal(await page.getByLabel('File name or debug id').inputValue(), kId(3).slice(20));
  await page.getByRole('link', { name: 'Clear' }).click();
  await waitForRows(page, 20);
  await filter('Product', 'Editor', 'product', 2);
  await filter('Uploader', 'bob', 'user', 0);
  await page.getByRole('heading', { name: 'No upload matches' }).waitFor();
  await page.getByRole('link', { name: 'Search without the product Editor' }).click();
  await waitForRows(page, 1);
  await page.getByRole('link', { name: 'Regular' }).click();
  await page.getByRole('link', { name: 'Search without the class regular' }).waitFor();
  await page.getByRole('link', { name: 'Try', exact: true }).click();
  await waitForRows(page, 1);
  await page.getByRole('link', { name: 'Not complete' }).click();
  await page.getByRole('link', { name: 'Search without no end' }).waitFor();
}));

test('a row leads to the upload, its files and a download, by keyboard alone', () => withPage(`${kUploads}?key=libtext`, {}, async (page) => {
  await waitForRows(page, 1);
  await rows(page).first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/symbols\/uploads\/\d+$/);
  await rows(page, 'symbol-files').nth(1).waitFor();
  const facts = await page.locator('.facts').innerText();
  for (const fact of ['ann', 'Editor', 'regular', 'complete', 'zip']) assert.ok(facts.includes(fact), fact);
  assert.equal(await page.getByRole('link', { name: 'Uploads', exact: true }).getAttribute('aria-current'), 'true');
  const link = page.getByRole('link', { name: 'Download libtext.so.sym of libtext.so' });
  const [download] = await Promise.all([page.waitForEvent('download'), link.press('Enter')]);
  assert.equal(download.suggestedFilename(), 'libtext.so.sym');
  assert.match(await (await fetch(download.url())).text(), /^MODULE Linux x86_64 \w+ libtext\.so\n/);
  await assertGood(page, 'upload');
}));

test('what was there already is told, and leads to who brought it', () => withPage(`${kUploads}?product=Editor`, {}, async (page) => {
  await waitForRows(page, 2);
  await rows(page).first().locator('.col-time a').click();
  await page.getByText('It brought nothing that was not there already.').waitFor();
  await page.locator('details.block summary').click();
  await page.getByRole('link', { name: `libeditor.so/${kId(1)}/libeditor.so.sym` }).click();
  await waitForRows(page, 1);
}));

test('a number that is none, or of no upload, is told', async () => {
  for (const id of ['x', '999999']) {
    await withPage(`${kUploads}/${id}`, {}, (page) => page.getByRole('heading', { name: 'No upload has this number' }).waitFor());
  }
});

test('usage is counted by product and class, with the days that it is kept', () => withPage(kUsage, {}, async (page) => {
  await rows(page, 'usage').first().waitFor();
  const cells = await rows(page, 'usage').evaluateAll((lines) => lines.map((line) => Object.fromEntries(
    [...line.children].map((cell) => [cell.className.slice(4), cell.innerText.trim()]))));
  assert.deepEqual(cells.map(({ product, class: kind, count, skipped, kept }) => [product, kind, count, skipped, kept]), [
    ['Editor', 'regular', '2', '1', 'for ever'], ['Game', 'try', '1', '0', '28 days'], ['Player', 'regular', '20', '0', 'for ever']]);
  assert.match(await page.locator('.total').innerText(), /^23 files of .* which take .* on the disk\.$/);
  await assertGood(page, 'usage');
  await page.getByRole('link', { name: 'Game', exact: true }).click();
  await page.waitForURL((url) => url.pathname === kUploads && url.searchParams.get('product') === 'Game');
  await waitForRows(page, 1);
}));

test('who may not see uploads is told so', () => withPage('/no', {}, async (page) => {
  await page.route('**/api/uploads/**', (route) => route.fulfill({ status: 403, json: { error: 'Forbidden' } }));
  for (const path of [kUploads, kUsage, `${kUploads}/1`]) {
    await page.goto(server.url + path);
    await page.getByRole('heading', { name: 'You may not see uploads of symbols' }).waitFor();
  }
}));

// What clients can make up; the server is not asked, so that every field can be chosen.
const kOddUploads = Array.from({ length: 20 }, (_, index) => ({
  id: index + 1, size: 2 ** (2 * index), filename: index === 0 ? `\u202e${'long_name_'.repeat(40)}.zip` : `<b>${index}.zip`,
  user: 'x'.repeat(index * 10), product: index % 2 === 0 ? '' : 'A product with words', try_symbols: index % 3 === 0, protocol: 'sym-upload-v2',
  created_at: '2026-11-22T10:00:00Z', completed_at: index % 4 === 0 ? null : '2026-11-22T10:00:01Z', files: index * 1000, skipped: index * 77,
}));

test('the list is accessible, narrow windows need no sideways scrolling, odd names do no harm', () => withPage('/no', {}, async (page) => {
  await page.route('**/api/uploads/**', (route) => route.fulfill({ json: { uploads: kOddUploads, total: 999, batch_size: 20, can_view_all: true } }));
  await page.goto(server.url + kUploads);
  await waitForRows(page, 20);
  await assertGood(page, 'uploads');
}));
