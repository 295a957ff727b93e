// The two pages in a browser, on a real server that holds a real crash: report and ping of examples/crashy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, launchBrowser, skipWhereItCannotRun } from './browser.mjs';
import { usePage } from './looks.mjs';
import { crash, startServer, uploadSymbols } from './server.mjs';

skipWhereItCannotRun();

let server, launched, browser, first;

before(async () => {
  launched = launchBrowser();
  launched.catch(() => undefined);  // Told where it is awaited, also when the server fails first.
  server = await startServer();
  if (server.own) await uploadSymbols(server);
  first = await crash(server, 'null-read', buildId(1));
  browser = await launched;
});

after(async () => {
  await (await launched.catch(() => undefined))?.close();
  await server?.stop();
});

// Build ids are what tells the crashes of this run apart.
const kRun = Math.floor(Date.now() / 1000) * 100;
function buildId(number) {
  return String(20260000000000 + ((kRun + number) % 10000000000));
}

const withPage = (path, options, use) => usePage(browser, server, path, options, use);

// A page that comes back to sight asks at once. Spares the wait for its timer, which one test does wait for.
const lookAgain = (page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));

const rowOf = (page, id) => page.locator(`table.data.crashes tr[data-key="${id}"]`);

test('the newest crashes show report and ping with one signature', () => withPage('/search', {}, async (page) => {
  for (const [id, kind] of [[first.report, 'report'], [first.ping, 'ping']]) {
    const row = rowOf(page, id);
    await row.waitFor();
    assert.equal(await row.locator('.badge').innerText(), kind);
    assert.equal(await row.locator('.col-signature').innerText(), first.signature);
    assert.equal(await row.locator('.col-product').innerText(), 'Crashy');
    assert.equal(await row.locator('.col-version').innerText(), first.version);
    assert.match(await row.locator('.col-reason').innerText(), /^SIGSEGV/);
  }
  const facet = page.locator('.facet tr', { hasText: first.signature });
  assert.ok(Number(await facet.locator('.count').innerText()) >= 2);
}));

test('a signature leads to its crashes, and the URL holds the search', () => withPage('/search', {}, async (page) => {
  await rowOf(page, first.report).locator('.col-signature a').click();
  await page.waitForURL((url) => url.pathname === '/signature/' && url.searchParams.get('signature') === first.signature);
  await page.getByRole('link', { name: 'Search for these' }).click();
  await page.waitForURL((url) => url.pathname === '/search' && url.searchParams.get('signature') === `=${first.signature}`);
  await rowOf(page, first.ping).waitFor();
  await page.fill('input[type=search]', `build_id:${buildId(1)} -kind:ping`);
  await page.press('input[type=search]', 'Enter');
  await page.waitForURL((url) => url.searchParams.get('kind') === '!ping');
  await rowOf(page, first.ping).waitFor({ state: 'detached' });
  assert.equal(await page.locator('table.data.crashes tbody tr').count(), 1);
  await page.reload();
  await rowOf(page, first.report).waitFor();
  assert.equal(await page.inputValue('input[type=search]'), `build_id:${buildId(1)} -kind:ping`);
}));

test('free words are searched in the signature, and nothing found says so', () => withPage('/search', {}, async (page) => {
  await page.fill('input[type=search]', 'no_function_is_called_so');
  await page.press('input[type=search]', 'Enter');
  await page.getByText('No crash matches').waitFor();
  await page.fill('input[type=search]', first.signature.slice(1, 12));
  await page.press('input[type=search]', 'Enter');
  await rowOf(page, first.report).waitFor();
}));

test('a pasted crash id opens its report', () => withPage('/search', {}, async (page) => {
  await page.fill('input[type=search]', `bp-${first.report}`);
  await page.press('input[type=search]', 'Enter');
  await page.waitForURL(`**/report/index/${first.report}`);
  await page.getByRole('heading', { level: 1, name: first.signature }).waitFor();
}));

test('the report shows the stack, and its ping is one click away', () => withPage(`/report/index/${first.report}`, {}, async (page) => {
  await page.getByRole('heading', { level: 1, name: first.signature }).waitFor();
  const facts = await page.locator('.facts').first().innerText();
  for (const fact of ['Crashy', first.version, 'release', buildId(1), 'Linux', 'amd64']) assert.ok(facts.includes(fact), fact);
  const top = page.locator('table.stack').first().locator('tbody tr');
  assert.ok(await top.count() > 1);
  const trusts = await page.locator('table.stack').first().locator('.trust').allInnerTexts();
  assert.match(trusts[0], /^context/);
  if (server.own) {
    assert.match(await top.locator('.col-source').first().innerText(), /crashy\/\w+\.\w+:\d+/);
    assert.ok(await page.locator('tr.inlined .mark.inline').count() > 0, 'an inlined frame is marked');
  }
  assert.equal(await page.locator('.registers').count(), 0, 'registers may hold what a person typed: not for everybody');
  // The two workers wait in one place, or were caught on their way to it.
  assert.match(await page.locator('details.thread').first().innerText(), /^(2 threads alike|Thread 1)/);
  await page.keyboard.press('t');
  await page.waitForURL('**?threads=all');
  await page.locator('details.thread[open] table.stack').first().waitFor();
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

test('the keyboard is enough', () => withPage('/search', {}, async (page) => {
  await rowOf(page, first.report).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.type), 'search');
  await page.keyboard.press('Escape');
  await page.locator('table.data.crashes tbody tr').first().focus();
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

test('a slow server is not asked again before it answers', () => withPage('/no', {}, async (page) => {
  let asked = 0;
  let answer;
  const release = new Promise((resolve) => { answer = resolve; });
  await page.route('**/api/SuperSearch/**', async (route) => {
    asked += 1;
    await release;
    await route.continue();
  });
  await page.goto(`${server.url}/search`);
  await page.getByText('Waiting for the server').waitFor();
  await page.getByRole('progressbar', { name: 'Waiting for the server' }).waitFor();
  for (let turn = 0; turn < 3; turn += 1) await lookAgain(page);
  assert.equal(asked, 1);
  answer();
  await rowOf(page, first.report).waitFor();
}));

test('a new crash appears by itself and keeps the focus', () => withPage('/search', {}, async (page) => {
  await rowOf(page, first.report).waitFor();
  await rowOf(page, first.report).focus();
  const second = await crash(server, 'abort', buildId(2));
  await rowOf(page, second.report).waitFor({ timeout: 15_000 });
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), first.report);
}));

test('rows hold still under the pointer', () => withPage('/search', {}, async (page) => {
  await rowOf(page, first.report).hover();
  const third = await crash(server, 'divide-by-zero', buildId(3));
  await lookAgain(page);
  await page.getByText(/newer crash/).waitFor({ timeout: 15_000 });
  assert.equal(await rowOf(page, third.report).count(), 0);
  await page.locator('a.name').hover();
  await rowOf(page, third.report).waitFor();
}));

// Of the two schemes only the colours differ, and what is asked of colours is contrast.
async function assertAccessibleInBothSchemes(page, where) {
  await assertAccessible(page, where);
  await page.emulateMedia({ colorScheme: 'dark' });
  await assertAccessible(page, `${where}, dark`, ['color-contrast']);
  await page.emulateMedia({ colorScheme: 'light' });
}

test('the newest crashes and the help are accessible', () => withPage('/search', {}, async (page) => {
  await rowOf(page, first.report).waitFor();
  await assertAccessibleInBothSchemes(page, 'newest crashes');
  await page.focus('input[type=search]');
  await assertAccessibleInBothSchemes(page, 'search help');
}));

test('the report is accessible', () => withPage(`/report/index/${first.report}`, {}, async (page) => {
  await page.locator('table.stack').first().waitFor();
  for (const summary of await page.locator('details > summary').all()) await summary.click();
  await assertAccessibleInBothSchemes(page, 'report');
}));

test('an unknown crash is told in words', () => withPage('/report/index/00000000-0000-4000-8000-000000000000', {}, async (page) => {
  await page.getByRole('heading', { name: 'No crash has this id' }).waitFor();
  await assertAccessibleInBothSchemes(page, 'unknown crash');
}));

test('a query that the server refuses is told in its words, and can be taken back', () => withPage('/search?date=%3E%3Dx', {}, async (page) => {
  await page.getByRole('heading', { name: 'The server does not answer this query' }).waitFor();
  await page.getByText('not a date').waitFor();
  await page.getByRole('link', { name: 'Take away: Date from x' }).click();
  await rowOf(page, first.report).waitFor();
}));

test('the time searched is one click away, and the URL holds it', () => withPage('/search?product=Crashy', {}, async (page) => {
  for (const [text, dates] of [['24 h', 1], ['30 days', 2], ['7 days', 0]]) {
    await page.getByRole('link', { name: text, exact: true }).click();
    await page.waitForFunction((wanted) => document.querySelector('.ranges [aria-current]')?.textContent === wanted, text);
    const parameters = new URL(page.url()).searchParams;
    assert.equal(parameters.getAll('date').length, dates);
    assert.equal(parameters.get('product'), 'Crashy');
    await rowOf(page, first.report).waitFor();
  }
}));

test('after a search the keyboard is at what was found', () => withPage('/search', {}, async (page) => {
  await page.fill('input[type=search]', 'product:Crashy');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/search?product=Crashy');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
  await page.locator('.search-box .help').waitFor({ state: 'hidden' });
}));

// What a malicious or odd client can send; the server is not asked, so that every field can be chosen.
const kLongName = `a::Map<${'std::basic_string<char>, '.repeat(80)}int>::Last`;
const kOddCrash = {
  kind: 'report', signature: kLongName, product: '\u05de\u05d5\u202e', reason: null, annotations: { '\u05e9': '\u202eabc', Lines: 'one\n two', Long: 'x'.repeat(3000) },
  json_dump: { crashing_thread: { frames: Array.from({ length: 1024 }, (_, frame) => ({ frame: 0, function: frame === 0 ? kLongName : `f${frame}` })) } },
};

test('odd text and endless stacks are shown without harm', () => withPage('/no', { viewport: { width: 400, height: 800 } }, async (page) => {
  await page.route('**/api/ProcessedCrash/**', (route) => route.fulfill({ json: kOddCrash }));
  await page.goto(`${server.url}/report/index/${first.report}`);
  const rows = page.locator('table.stack tbody tr');
  await rows.first().waitFor();
  assert.equal(await page.locator('h1').innerText(), `${kLongName} Whole name`, 'the whole name can be copied');
  assert.ok((await page.locator('h1').boundingBox()).height < 400, 'but only its ends are seen');
  assert.equal(await rows.count(), 200);
  await page.getByRole('button', { name: 'Show 824 more rows' }).click();
  assert.equal(await rows.count(), 1024);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
}));

test('a narrow window needs no sideways scrolling', async () => {
  for (const path of ['/search', `/report/index/${first.report}`]) {
    await withPage(path, { viewport: { width: 400, height: 800 } }, async (page) => {
      // A chart's numbers, folded, may come before the rows.
      await page.locator('table:visible').first().waitFor();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), path);
    });
  }
});

test('an unknown address is told in words', () => withPage('/no/such/page', {}, async (page) => {
  await page.getByRole('heading', { name: 'There is no page at this address' }).waitFor();
}));

test('a server that is gone is told in words, and its return is noticed', async () => {
  await withPage('/search', {}, async (page) => {
    await rowOf(page, first.report).waitFor();
    await page.route('**/api/**', (route) => route.abort());
    await lookAgain(page);
    await page.getByText('The server does not answer.').waitFor({ timeout: 15_000 });
    assert.ok(await rowOf(page, first.report).isVisible(), 'what was there stays');
    await page.unroute('**/api/**');
    await lookAgain(page);
    await page.getByText('The server does not answer.').waitFor({ state: 'detached', timeout: 15_000 });
  });
});
