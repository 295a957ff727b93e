// Search, top crashers and the page of a signature in a browser, on a real server that got real crashes of several kinds:
// every part works, by keyboard as well, in both colour schemes, and on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { assertAccessible, launchBrowser, skipWhereItCannotRun } from './browser.mjs';
import { assertGood, usePage } from './looks.mjs';
import { crash, startServer, uploadSymbols } from './server.mjs';

skipWhereItCannotRun('this test counts the crashes of its own server');

const kKinds = ['null-read', 'null-read', 'null-read', 'abort', 'abort', 'null-in-library', 'worker-thread'];

let server, launched, browser, crashes;

before(async () => {
  launched = launchBrowser();
  launched.catch(() => undefined); // Told where it is awaited, also when the server fails first.
  server = await startServer(['view_pings']);
  await uploadSymbols(server);
  crashes = [];
  for (const [index, kind] of kKinds.entries())
    crashes.push({ kind, ...(await crash(server, kind, `2026112200000${index}`)) });
  browser = await launched;
});

after(async () => {
  // Also where the server failed: a browser that runs on would keep this process.
  await (await launched.catch(() => undefined))?.close();
  await server?.stop();
});

const withPage = (path, options, use) => usePage(browser, server, path, options, use);

const rows = (page, table = 'crashes') => page.locator(`table.data.${table} tbody tr`);
const api = async (path) => {
  const response = await fetch(server.url + path);
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return response.json();
};
const waitForTotal = (page, total) =>
  page.waitForFunction(
    (text) => document.querySelector('.status-line strong')?.textContent === text,
    `${total} crash${total === 1 ? '' : 'es'}`,
  );

test('the first load of the search is small', async () => {
  // With nothing kept from another page.
  const context = await browser.newContext();
  const page = await context.newPage();
  const sizes = [];
  page.on('response', (response) => {
    // uPlot comes with the chart, after the first load.
    if (!response.url().endsWith('.js') || response.url().includes('uPlot')) return;
    sizes.push(response.body().then((body) => gzipSync(body).length));
  });
  await page.goto(`${server.url}/search`);
  await rows(page).first().waitFor();
  await page.locator('.time-chart canvas').waitFor();
  const first = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  await context.close();
  assert.ok(first > 10_000 && first <= 60 * 1024, `${first} bytes of compressed scripts`);
});

test('the search is good to look at and to use', () =>
  withPage('/search', {}, async (page) => {
    await waitForTotal(page, 2 * kKinds.length);
    await page.locator('.time-chart canvas').waitFor();
    await assertGood(page, 'search');
  }));

test('facets narrow, and can be chosen', () =>
  withPage('/search', {}, async (page) => {
    await waitForTotal(page, 2 * kKinds.length);
    await page.getByLabel('Count by another field').selectOption('kind');
    await page.waitForURL((url) => url.searchParams.getAll('_facets').includes('kind'));
    await page.locator('.facet', { hasText: 'Kind' }).getByRole('link', { name: 'ping' }).click();
    await page.waitForURL((url) => url.searchParams.get('kind') === 'ping');
    await waitForTotal(page, kKinds.length);
    await page.getByLabel('Estimates of all crashes').check();
    await page.waitForURL((url) => url.searchParams.get('_weights') === 'true');
    await page.locator('.status-line .estimate').waitFor();
    await page.locator('.facet .estimate').first().waitFor();
    await page.locator('.facet', { hasText: 'Kind' }).hover();
    await page.getByRole('link', { name: 'Do not count by Kind' }).click();
    await page.waitForURL((url) => !url.searchParams.getAll('_facets').includes('kind'));
  }));

test('columns and the order are in the address', () =>
  withPage('/search', {}, async (page) => {
    await rows(page).first().waitFor();
    await page.locator('.table-tools summary', { hasText: 'Columns' }).click();
    await page.getByLabel('Part of a field’s name').fill('build');
    await page.locator('.column-choice').getByLabel('Build', { exact: true }).check();
    await page.waitForURL((url) => url.searchParams.getAll('_columns').includes('build_id'));
    await page.getByRole('columnheader', { name: 'Build' }).getByRole('link').click();
    await page.waitForURL((url) => url.searchParams.get('_sort') === '-build_id');
    await page.waitForFunction(
      (wanted) => document.querySelector('tbody .col-build_id')?.textContent === wanted,
      `2026112200000${kKinds.length - 1}`,
    );
  }));

test('a table is copied as CSV and as Markdown', () =>
  withPage('/search', { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
    await rows(page).first().waitFor();
    const tools = page.locator('.table-frame', { has: page.locator('table.crashes') });
    await tools.getByTitle('Copy this table as CSV').click();
    await page.getByText('Copied').waitFor();
    const csv = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(csv, /^Time \(UTC\),Kind,Signature,Product,Version,Reason,Platform\r\n/);
    assert.equal(csv.trimEnd().split('\r\n').length, 1 + 2 * kKinds.length);
    await tools.getByTitle('Copy this table as Markdown').click();
    await page.waitForFunction(async () =>
      (await navigator.clipboard.readText()).startsWith('| Time (UTC) | Kind |'),
    );
  }));

test('the keyboard moves, narrows, excludes and helps', () =>
  withPage('/search', {}, async (page) => {
    await rows(page).first().waitFor();
    await page.locator('.time-chart canvas').waitFor();
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'TR');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const kind = await page.evaluate(() => document.activeElement.innerText.trim());
    assert.match(kind, /^(ping|report)$/);
    await page.keyboard.press('e');
    await page.waitForURL((url) => url.searchParams.get('kind') === `!${kind}`);
    await waitForTotal(page, kKinds.length);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await assertAccessible(page, 'help');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.goBack();
    await waitForTotal(page, 2 * kKinds.length);
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('f');
    await page.waitForURL((url) => /^(ping|report)$/.test(url.searchParams.get('kind') ?? ''));
  }));

test('the pointer finds the same at a cell', () =>
  withPage('/search', {}, async (page) => {
    await rows(page).first().locator('.col-kind').hover();
    await page.getByRole('link', { name: /^Leave out kind is/ }).click();
    await page.waitForURL((url) => url.searchParams.get('kind')?.startsWith('!') === true);
  }));

test('conditions are built as rows, with suggestions of values', () =>
  withPage('/search', {}, async (page) => {
    await rows(page).first().waitFor();
    await page.getByText('Edit the search').click();
    await page.getByRole('group', { name: 'Condition' }).getByLabel('Field').selectOption('signature');
    await page.getByRole('group', { name: 'Condition' }).getByLabel('Operator').selectOption('=');
    await page.getByRole('group', { name: 'Condition' }).getByLabel('Value').fill('Check');
    const abort = crashes.find(({ kind }) => kind === 'abort').signature;
    await page.waitForFunction(
      (wanted) => [...document.querySelectorAll('datalist option')].some((option) => option.value === wanted),
      abort,
    );
    await assertGood(page, 'search-form');
    await page.getByRole('group', { name: 'Condition' }).getByLabel('Value').fill(abort);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('signature') === `=${abort}`);
    await waitForTotal(page, 4);
  }));

test('a stack is searched by its frames, and the form reads it back', () =>
  withPage('/search', {}, async (page) => {
    await rows(page).first().waitFor();
    await page.getByText('Edit the search').click();
    await page.getByRole('button', { name: 'Add a search for a stack' }).click();
    await page.getByRole('textbox', { name: 'Function' }).fill('CheckInvariant');
    await page.getByRole('button', { name: 'Add a frame that calls it' }).click();
    await page.getByLabel('Called').selectOption('any');
    const second = page.getByRole('group', { name: 'Frame 2' });
    await second.getByLabel('Compare').selectOption('is');
    await second.getByRole('textbox', { name: 'Function' }).fill('main');
    assert.equal(await page.getByLabel('As text').inputValue(), '~"CheckInvariant" > ... > main');
    await assertGood(page, 'stack-form');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.waitForURL(
      (url) => url.searchParams.get('stack(crashing)') === '~"CheckInvariant" > ... > main',
    );
    await waitForTotal(page, 4);
    await page.reload();
    await waitForTotal(page, 4);
    await page.getByText('Edit the search').click();
    assert.equal(
      await page.getByRole('group', { name: 'Frame 1' }).getByRole('textbox').inputValue(),
      'CheckInvariant',
    );
    assert.equal(await page.getByLabel('Called').inputValue(), 'any');
  }));

test('an empty search names the condition that emptied it', () =>
  withPage('/search?product=Crashy&version=99.9', {}, async (page) => {
    const way = page.getByRole('link', { name: /Leave out Version is 99.9/ });
    await way.waitFor();
    await assertGood(page, 'nothing-found');
    await way.click();
    await waitForTotal(page, 2 * kKinds.length);
  }));

test('an address means the same when it is opened and when it is gone to', async () => {
  const path = '/search?moz_crash_reason=nothing&reason=SIGSEGV&_columns=reason';
  const { total } = await api('/api/SuperSearch/?reason=SIGSEGV&_results_number=0');
  const asked = async (open) => {
    const found = [];
    await withPage('/documentation/search', {}, async (page) => {
      page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.pathname === '/api/SuperSearch/' && url.searchParams.get('_results_number') === '50') found.push(url.search);
      });
      await open(page);
      await page.getByText('No crash matches').waitFor();
    });
    return found.at(-1);
  };
  const opened = await asked((page) => page.goto(server.url + path));
  const goneTo = await asked(async (page) => {
    await page.goto(`${server.url}/search`);
    await rows(page).first().waitFor();
    await page.getByText('Edit the search').click(); // By now all fields are known.
    await page.evaluate((href) => {
      const link = Object.assign(document.createElement('a'), { href });
      document.querySelector('main').append(link);
      link.click();
    }, path);
  });
  assert.ok(opened.includes('moz_crash_reason=nothing&reason=SIGSEGV'), opened);
  assert.ok(goneTo.includes('moz_crash_reason=nothing&reason=SIGSEGV'), goneTo);
  await withPage('/search?reason=SIGSEGV', {}, (page) => waitForTotal(page, total));
});

test('the first page understands fields that only the server knows', () =>
  withPage('/', {}, async (page) => {
    await page.getByLabel('Crash id, or a part of a signature').fill('moz_crash_reason:nothing product:Crashy');
    await page.keyboard.press('Enter');
    await page.waitForURL(
      (url) => url.searchParams.get('moz_crash_reason') === '~nothing' && !url.searchParams.has('signature'),
    );
  }));

test('tables of every kind keep their order in the address, and their place in sight', async () => {
  const { signature } = crashes[0];
  await withPage(`/signature/?signature=${encodeURIComponent(signature)}`, {}, async (page) => {
    const heading = page.locator('table.versions').getByRole('columnheader', { name: 'Product' });
    await heading.getByRole('link').click();
    await page.waitForURL((url) => url.searchParams.get('_order.versions') === 'product');
    await page.reload();
    await heading.waitFor();
    assert.equal(await heading.getAttribute('aria-sort'), 'ascending');
  });
  await withPage('/search', {}, async (page) => {
    const facet = page.locator('.facet', { hasText: 'Signatures' });
    const counts = async () => (await facet.locator('td.count').allInnerTexts()).map(Number);
    await facet.hover();
    await facet.locator('summary').click();
    await assertAccessible(page, 'facet menu');
    await facet.getByRole('link', { name: 'Fewest crashes first' }).click();
    await page.waitForURL((url) => url.searchParams.get('_order.facet-signatures') === 'count');
    assert.deepEqual(await counts(), (await counts()).toSorted((one, other) => one - other));
    await page.getByLabel('Count by another field').selectOption('kind');
    await page.waitForURL((url) => url.searchParams.has('_order.facet-signatures'));
    await facet.hover();
    await facet.getByLabel('Share').uncheck();
    await facet.locator('td.share').first().waitFor({ state: 'detached' });
    await page.reload();
    await facet.locator('td.count').first().waitFor();
    assert.equal(await facet.locator('td.share').count(), 0);
  });
  await withPage('/search?view=flame', { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
    await page.locator('.flame summary', { hasText: 'As a table' }).click();
    await page.locator('.flame').getByTitle('Copy this table as CSV').click();
    await page.getByText('Copied').waitFor();
    const csv = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(csv, /^Depth,Function,Module,Stacks,Share \(%\)\r\n1,/);
    assert.ok(csv.trimEnd().split('\r\n').length > 10);
    await page.locator('table.tree').getByRole('columnheader', { name: 'Function' }).getByRole('link').click();
    await page.waitForURL((url) => url.searchParams.get('_order.tree') === 'function');
  });
  await withPage(`/report/index/${crashes[0].report}`, { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
    const names = () => page.locator('table.stack').first().locator('tbody .col-function').allInnerTexts();
    await page.locator('table.stack tbody tr').nth(2).waitFor();
    const before = await names();
    await page.locator('.table-tools').first().getByTitle('Copy this table as Markdown').click();
    await page.getByText('Copied').waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^\| # \| Module \| Function \| Source \| Trust \|/);
    const heading = page.locator('table.stack').first().getByRole('columnheader', { name: '#' });
    await heading.scrollIntoViewIfNeeded();
    const top = await page.evaluate(() => window.scrollY);
    await heading.getByRole('link').click();
    await page.waitForURL((url) => url.searchParams.get('_order.stack') === '-number');
    assert.notDeepEqual(await names(), before);
    assert.equal(await page.evaluate(() => window.scrollY), top);
  });
});

test('an address asks for counts within counts, and they are shown', () =>
  withPage('/search?_aggs.product=version&_histogram.date=kind', {}, async (page) => {
    await page.locator('.facet', { hasText: 'Product / Version' }).getByText(`Crashy / ${crashes[0].version}`).waitFor();
    await page.locator('.facet', { hasText: 'Date / Kind' }).locator('td.term', { hasText: 'ping' }).waitFor();
    await assertGood(page, 'inner-counts');
    await page.getByRole('link', { name: 'Take them away' }).click();
    await page.waitForURL((url) => !url.searchParams.has('_aggs.product'));
  }));

test('top crashers end at the last midnight, and are of hangs alone, by addresses of Crash Stats', async () => {
  await withPage('/topcrashers/?product=Crashy&_tcbs_mode=byday&days=3', {}, async (page) => {
    await page.getByRole('navigation', { name: 'Until' }).locator('a[aria-current]', { hasText: 'midnight' }).waitFor();
    const asked = page.waitForRequest((request) => /TopCrashers/.test(request.url()) && /-3d/.test(request.url()));
    await page.getByRole('link', { name: 'now', exact: true }).click();
    await page.waitForURL((url) => !url.searchParams.has('_tcbs_mode'));
    await asked;
    await rows(page, 'top-crashers').first().waitFor();
  });
  await withPage('/topcrashers/?product=Crashy&_report_type=hang', {}, async (page) => {
    await page.getByText('No crash matches').waitFor();
    await page.getByRole('navigation', { name: 'Type' }).getByText('hang', { exact: true }).waitFor();
    await page.getByRole('navigation', { name: 'Type' }).getByRole('link', { name: 'All' }).click();
    await rows(page, 'top-crashers').first().waitFor();
  });
});

test('top crashers are of builds, and of other processes', async () => {
  await withPage('/topcrashers/?product=Crashy', {}, async (page) => {
    await rows(page, 'top-crashers').first().waitFor();
    // These builds may be older than the time that is shown.
    const asked = page.waitForRequest((request) => /TopCrashers.*_range_type=build/.test(request.url()));
    await page.getByRole('link', { name: 'builds that crashed' }).click();
    await page.waitForURL((url) => url.searchParams.get('_range_type') === 'build');
    await asked;
    await page.getByRole('link', { name: 'crashes', exact: true }).click();
    await page.waitForURL((url) => !url.searchParams.has('_range_type'));
  });
  await withPage('/topcrashers/?product=Crashy&process_type=other', {}, async (page) => {
    await page.getByText('No crash matches').waitFor();
    await page.getByRole('navigation', { name: 'Process' }).locator('a[aria-current]', { hasText: 'other' }).waitFor();
    await page.getByRole('link', { name: /^Leave out Process is none of parent, / }).click();
    await page.waitForURL((url) => !url.searchParams.has('process_type'));
    await rows(page, 'top-crashers').first().waitFor();
  });
});

test('a part of the histogram is a search of that time', () =>
  withPage('/search', {}, async (page) => {
    const plot = page.locator('.time-chart .u-over');
    await plot.waitFor();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width - 40, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + 25, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL((url) => url.searchParams.getAll('date').length === 2);
    await waitForTotal(page, 2 * kKinds.length);
    await page.locator('.time-chart summary').click();
    await page.locator('table.numbers tbody a').first().waitFor();
  }));

test('a search can be taken elsewhere', (test) =>
  withPage('/search?product=Crashy', {}, async (page) => {
    await page.locator('.status-line summary', { hasText: 'Save and share' }).click();
    const panel = page.locator('.share-panel');
    assert.ok((await panel.innerText()).includes(`${server.url}/api/SuperSearch/?product=Crashy`));
    assert.ok((await panel.innerText()).includes(`cairn search --url ${server.url} 'product=Crashy'`));
    await assertAccessible(page, 'share');
    const csv = panel.getByRole('link', { name: 'CSV' });
    const answer = await fetch(server.url + (await csv.getAttribute('href')));
    if (answer.status === 404) test.diagnostic('this server exports nothing');
    else assert.equal((await answer.text()).trimEnd().split('\n').length, 1 + 2 * kKinds.length);
    await csv.focus();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
  }));

test('the stacks of a search are one picture, by keyboard and as a table too', () =>
  withPage('/search?view=flame', {}, async (page) => {
    const boxes = page.getByRole('treeitem');
    await boxes.nth(3).waitFor();
    await assertGood(page, 'flame');
    await boxes.first().focus();
    await page.keyboard.press('ArrowDown');
    const first = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    assert.match(first, /\d stacks?$/);
    await page.locator('.flame summary', { hasText: 'As a table' }).click();
    await page.locator('table.tree tbody tr').first().waitFor();
    await page.locator('.flame-boxes [tabindex="0"]').focus();
    await page.keyboard.press('f');
    await page.waitForURL((url) => url.searchParams.has('stack(crashing)'));
    await page.waitForFunction(() =>
      /^[1-9]/.test(document.querySelector('.status-line strong')?.textContent ?? ''),
    );
    await boxes.first().waitFor();
  }));

test('top crashers count, rank and lead on', () =>
  withPage('/topcrashers/?product=Crashy&version=&_facets_size=50', {}, async (page) => {
    await rows(page, 'top-crashers').first().waitFor();
    const first = rows(page, 'top-crashers').first();
    assert.equal(await first.locator('.col-count').innerText(), '6');
    assert.ok((await first.locator('.col-signature').innerText()).includes(crashes[0].signature));
    assert.ok((await page.locator('.top-sum').innerText()).includes('14 of 14 crashes'));
    await assertGood(page, 'topcrashers');
    await page.getByRole('columnheader', { name: 'Signature' }).getByRole('link').click();
    await page.waitForURL((url) => url.searchParams.get('_order') === 'signature');
    await page.getByRole('link', { name: '28', exact: true }).click();
    await page.waitForURL((url) => url.searchParams.get('days') === '28');
    await rows(page, 'top-crashers').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(
      (url) => url.pathname === '/signature/' && url.searchParams.getAll('date').length === 2,
    );
  }));

const kTabs = [
  'summary',
  'aggregations',
  'reports',
  'graphs',
  'bugs',
  'comments',
  'correlations',
  'similar',
  'pings',
];

test('the page of a signature has all its tabs', async () => {
  const { signature } = crashes[0];
  for (const tab of kTabs) {
    await withPage(`/signature/?signature=${encodeURIComponent(signature)}&tab=${tab}`, {}, async (page) => {
      await page.locator('h1', { hasText: signature }).waitFor();
      await page.locator('.tabs [aria-current=page]').waitFor();
      await page.waitForLoadState('networkidle');
      if (tab !== 'similar') await page.waitForFunction(() => document.querySelector('.loading') === null);
      await assertGood(page, `signature-${tab}`);
    });
  }
});

test('a signature is narrowed, and its tabs keep that', () =>
  withPage(`/signature/?signature=${'x'}`, {}, async (page) => {
    await page.goto(
      `${server.url}/signature/?signature=${encodeURIComponent(crashes[0].signature)}&tab=aggregations`,
    );
    await page.getByLabel('Count by another field').selectOption('kind');
    await page.waitForURL((url) => url.searchParams.getAll('by').includes('kind'));
    await page.locator('.facet', { hasText: 'Kind' }).getByRole('link', { name: 'report' }).click();
    await page.waitForURL((url) => url.searchParams.get('kind') === 'report');
    await page.getByRole('link', { name: 'Crashes', exact: true }).last().click();
    await page.waitForURL(
      (url) => url.searchParams.get('tab') === 'reports' && url.searchParams.get('kind') === 'report',
    );
    await rows(page).nth(2).waitFor();
    assert.equal(await rows(page).count(), 3);
  }));

test('addresses of Crash Stats lead to the same', async () => {
  const { signature, report } = crashes[0];
  const text = encodeURIComponent(signature);
  const crashes6 = (page) =>
    page.waitForFunction(() =>
      /^6 crashes/.test(
        document.querySelector('.status-line strong, .signature-facts strong')?.textContent ?? '',
      ),
    );
  await withPage(
    `/search/?signature=%3D${text}&product=Crashy&_facets=signature&_columns=date&_columns=signature&_sort=-date#crash-reports`,
    {},
    crashes6,
  );
  await withPage(`/?signature=%3D${text}`, {}, crashes6);
  await withPage(`/signature/?product=Crashy&signature=${text}#summary`, {}, crashes6);
  await withPage(`/report/index/bp-${report}`, {}, (page) =>
    page.getByRole('heading', { level: 1, name: signature }).waitFor(),
  );
});

test('the choice of colours is kept', () =>
  withPage('/search', {}, async (page) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole('button', { name: /^Colours: as the system/ }).click();
    await page.getByRole('button', { name: /^Colours: light/ }).click();
    assert.notEqual(await background(), light);
    await page.reload();
    await rows(page).first().waitFor();
    assert.notEqual(await background(), light);
  }));

test('the answers are those of the search', async () => {
  const { total, facets } = await api(
    '/api/SuperSearch/?_facets=kind&_aggs.kind=signature&_results_number=0',
  );
  assert.equal(total, 2 * kKinds.length);
  assert.equal(facets.kind.length, 2);
});
