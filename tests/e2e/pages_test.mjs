// The two pages in a browser, on a real server that holds a real crash: report and ping of examples/crashy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, launchBrowser, missingTool, openPage } from './browser.mjs';
import { crash, startServer, uploadSymbols } from './server.mjs';

const kSkipped = 77;  // ctest's SKIP_RETURN_CODE.
const missing = missingTool();
if (missing !== undefined) {
  console.error(`e2e: skipped: ${missing}`);
  process.exit(kSkipped);
}

const kSchemes = ['light', 'dark'];
let server, browser, first;

before(async () => {
  server = await startServer();
  if (server.own) await uploadSymbols(server);
  first = await crash(server, 'null-read', buildId(1));
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

// Build ids are what tells the crashes of this run apart.
const kRun = Math.floor(Date.now() / 1000) * 100;
function buildId(number) {
  return String(20260000000000 + ((kRun + number) % 10000000000));
}

async function withPage(path, options, use) {
  const { page, faults, close } = await openPage(browser, server, path, options);
  try {
    await use(page);
    assert.deepEqual(faults, []);
  } finally {
    await close();
  }
}

const rowOf = (page, id) => page.locator(`table.data tr[data-key="${id}"]`);

test('the newest crashes show report and ping with one signature', () => withPage('/', {}, async (page) => {
  for (const [id, kind] of [[first.report, 'report'], [first.ping, 'ping']]) {
    const row = rowOf(page, id);
    await row.waitFor();
    assert.equal(await row.locator('.badge').innerText(), kind);
    assert.equal(await row.locator('.col-signature').innerText(), first.signature);
    assert.match(await row.locator('.col-product').innerText(), /^Crashy 1\.2\.3 release$/);
    assert.match(await row.locator('.col-reason').innerText(), /^SIGSEGV/);
  }
  const facet = page.locator('.facet li', { hasText: first.signature });
  assert.ok(Number(await facet.locator('.count').innerText()) >= 2);
}));

test('a signature leads to its crashes, and the URL holds the search', () => withPage('/', {}, async (page) => {
  await rowOf(page, first.report).locator('.col-signature a').click();
  await page.waitForURL((url) => url.searchParams.get('signature') === `=${first.signature}`);
  await rowOf(page, first.ping).waitFor();
  await page.fill('input[type=search]', `build_id:${buildId(1)} -kind:ping`);
  await page.press('input[type=search]', 'Enter');
  await page.waitForURL((url) => url.searchParams.get('kind') === '!ping');
  await rowOf(page, first.ping).waitFor({ state: 'detached' });
  assert.equal(await page.locator('table.data tbody tr').count(), 1);
  await page.reload();
  await rowOf(page, first.report).waitFor();
  assert.equal(await page.inputValue('input[type=search]'), `build_id:${buildId(1)} -kind:ping`);
}));

test('free words are searched in the signature, and nothing found says so', () => withPage('/', {}, async (page) => {
  await page.fill('input[type=search]', 'no_function_is_called_so');
  await page.press('input[type=search]', 'Enter');
  await page.getByText('No crash matches').waitFor();
  await page.fill('input[type=search]', first.signature.slice(1, 12));
  await page.press('input[type=search]', 'Enter');
  await rowOf(page, first.report).waitFor();
}));

test('a query that the server refuses is told in words', () => withPage('/?date=%3E%3Dnonsense', {}, async (page) => {
  await page.getByRole('heading', { name: 'The server does not understand this query' }).waitFor();
}));

test('a pasted crash id opens its report', () => withPage('/', {}, async (page) => {
  await page.fill('input[type=search]', `bp-${first.report}`);
  await page.press('input[type=search]', 'Enter');
  await page.waitForURL(`**/report/index/${first.report}`);
  await page.getByRole('heading', { level: 1, name: first.signature }).waitFor();
}));

test('the report shows the stack, and its ping is one click away', () => withPage(`/report/index/${first.report}`, {}, async (page) => {
  await page.getByRole('heading', { level: 1, name: first.signature }).waitFor();
  const facts = await page.locator('.facts').innerText();
  for (const fact of ['Crashy', '1.2.3', 'release', buildId(1), 'Linux', 'amd64']) assert.ok(facts.includes(fact), fact);
  const top = page.locator('table.stack').first().locator('tbody tr');
  assert.ok(await top.count() > 1);
  const trusts = await page.locator('table.stack').first().locator('.trust').allInnerTexts();
  assert.match(trusts[0], /^context/);
  if (server.own) {
    assert.match(await top.locator('.col-source').first().innerText(), /crashy\/\w+\.\w+:\d+/);
    assert.ok(await page.locator('tr.inlined .mark.inline').count() > 0, 'an inlined frame is marked');
  }
  assert.equal(await page.locator('.registers').count(), 0, 'registers may hold what a person typed: not for everybody');
  assert.ok(await page.locator('details.thread').count() >= 2);
  await page.locator('details.thread summary').first().click();
  await page.locator('details.thread[open] table.stack').waitFor();
  await page.getByRole('link', { name: /See the crash ping/ }).click();
  await page.waitForURL(`**/report/index/${first.ping}`);
  await page.getByRole('link', { name: /See the crash report/ }).click();
  await page.waitForURL(`**/report/index/${first.report}`);
}));

test('what a person wrote is not given to everybody', async () => {
  for (const id of [first.report, first.ping]) {
    const answer = await (await fetch(`${server.url}/api/ProcessedCrash/?crash_id=${id}`)).text();
    assert.ok(!answer.includes('This comment goes out'), 'the annotation Comments is protected');
  }
});

test('the keyboard is enough', () => withPage('/', {}, async (page) => {
  await rowOf(page, first.report).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.type), 'search');
  await page.keyboard.press('Escape');
  await page.locator('table.data tbody tr').first().focus();
  const keyAt = () => page.evaluate(() => document.activeElement.dataset.key);
  const start = await keyAt();
  await page.keyboard.press('ArrowDown');
  const second = await keyAt();
  assert.notEqual(second, start);
  await page.keyboard.press('k');
  assert.equal(await keyAt(), start);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/report/index/${second}`);
  await page.locator('.report h1').waitFor();
  await page.goBack();
  await page.waitForFunction((key) => document.activeElement?.dataset.key === key, second);
}));

test('a new crash appears by itself and keeps the focus', () => withPage('/', {}, async (page) => {
  await rowOf(page, first.report).waitFor();
  await rowOf(page, first.report).focus();
  const second = await crash(server, 'abort', buildId(2));
  await rowOf(page, second.report).waitFor({ timeout: 15_000 });
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), first.report);
}));

test('rows hold still under the pointer', () => withPage('/', {}, async (page) => {
  await rowOf(page, first.report).hover();
  const third = await crash(server, 'divide-by-zero', buildId(3));
  await page.getByText(/newer crash/).waitFor({ timeout: 15_000 });
  assert.equal(await rowOf(page, third.report).count(), 0);
  await page.locator('a.name').hover();
  await rowOf(page, third.report).waitFor();
}));

for (const colorScheme of kSchemes) {
  test(`both pages are accessible in the ${colorScheme} scheme`, async () => {
    await withPage('/', { colorScheme }, async (page) => {
      await rowOf(page, first.report).waitFor();
      await assertAccessible(page, 'newest crashes');
      await page.focus('input[type=search]');
      await assertAccessible(page, 'search help');
    });
    await withPage(`/report/index/${first.report}`, { colorScheme }, async (page) => {
      await page.locator('table.stack').first().waitFor();
      for (const summary of await page.locator('details > summary').all()) await summary.click();
      await assertAccessible(page, 'report');
    });
    await withPage('/report/index/00000000-0000-4000-8000-000000000000', { colorScheme }, async (page) => {
      await page.getByRole('heading', { name: 'No crash has this id' }).waitFor();
      await assertAccessible(page, 'unknown crash');
    });
  });
}

test('a narrow window needs no sideways scrolling', async () => {
  for (const path of ['/', `/report/index/${first.report}`]) {
    await withPage(path, { viewport: { width: 400, height: 800 } }, async (page) => {
      await page.locator('table').first().waitFor();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), path);
    });
  }
});

test('an unknown address is told in words', () => withPage('/no/such/page', {}, async (page) => {
  await page.getByRole('heading', { name: 'There is no page at this address' }).waitFor();
}));

test('a server that is gone is told in words, and its return is noticed', async () => {
  await withPage('/', {}, async (page) => {
    await rowOf(page, first.report).waitFor();
    await page.route('**/api/**', (route) => route.abort());
    await page.getByText('The server does not answer.').waitFor({ timeout: 15_000 });
    assert.ok(await rowOf(page, first.report).isVisible(), 'what was there stays');
    await page.unroute('**/api/**');
    await page.getByText('The server does not answer.').waitFor({ state: 'detached', timeout: 15_000 });
  });
});
