// The page of a crash with its tabs, the first page, the pages of products and the documentation in a browser, on a real
// server that got real crashes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, skipWhereItCannotRun } from './browser.mjs';
import { assertGood, assertTabReaches, usePage } from './looks.mjs';
import { addToken, crash, sendPings, sendReport, startServer, uploadSymbols } from './server.mjs';

skipWhereItCannotRun('this test has a server of its own');

let server, launched, browser, first, person, granted;

before(async () => {
  launched = launchBrowser();
  launched.catch(() => undefined);  // Told where it is awaited, also when the server fails first.
  // Visitors may not see single pings here.
  server = await startServer([]);
  await uploadSymbols(server);
  person = { extraHTTPHeaders: { 'Auth-Token': await addToken(server, 'ann', 'view_pii,view_pings,view_rawdump,reprocess_crashes,administer') } };
  granted = { extraHTTPHeaders: { 'Auth-Token': await addToken(server, 'gil', 'view_pii,view_pings,view_rawdump', 'Crashy') } };
  first = await crash(server, 'null-read', '20261122000001', person.extraHTTPHeaders);
  await crash(server, 'worker-thread', '20261122000002', person.extraHTTPHeaders);
  browser = await launched;
});

after(async () => {
  await (await launched.catch(() => undefined))?.close();
  await server?.stop();
});

const withPage = (path, options, use) => usePage(browser, server, path, options, use);
const tabPath = (tab) => `/report/index/${first.report}?tab=${tab}`;
const heading = (page, name) => page.getByRole('heading', { name, exact: true });

test('a crash tells at a glance what happened', () => withPage(`/report/index/bp-${first.report}`, {}, async (page) => {
  await page.getByRole('heading', { level: 1, name: first.signature }).waitFor();
  await page.locator('.verdicts', { hasText: 'A null pointer was used' }).waitFor();
  await page.getByText('people with the permission view_pii see them').waitFor();
  assert.match(await page.locator('.facts').first().innerText(), /Crashy/);
  await assertGood(page, 'report');
}));

test('a crash is asked for with its page, and once', () => withPage('/no', person, async (page) => {
  const asked = [];
  page.on('request', (request) => request.url().includes('/api/ProcessedCrash/') && asked.push(request.url()));
  const document = await page.goto(`${server.url}/report/index/${first.report}`);
  assert.equal(document.headers().link, `</api/ProcessedCrash/?crash_id=${first.report}>; rel=preload; as=fetch; crossorigin`);
  await page.locator('table.stack tbody tr').first().waitFor();
  // What is below the crashing thread, and what an address without its own tab needs later, follows.
  await page.locator('details.thread').first().waitFor();
  await page.locator('.term-name').first().waitFor();
  assert.deepEqual(asked, [`${server.url}/api/ProcessedCrash/?crash_id=${first.report}`]);
  await page.reload();
  await page.locator('table.stack tbody tr').first().waitFor();
  assert.equal(asked.length, 2);
}));

test('a tab whose code does not come says so, and comes by loading again', () => withPage(`/no`, {}, async (page) => {
  await page.route('**/assets/other_tabs*', (route) => route.abort());
  await page.goto(server.url + tabPath('modules'));
  await heading(page, 'This page’s code did not come').waitFor();
  await page.unroute('**/assets/other_tabs*');
  await page.getByRole('button', { name: 'Load the page again' }).click();
  await page.locator('table.modules tbody tr').first().waitFor();
}));

test('a fact says in a tip what it is, and leads to the dictionary', () => withPage(`/report/index/${first.report}`, {}, async (page) => {
  const name = page.locator('.term-name', { hasText: 'Product' }).first();
  await name.locator('a').hover();
  await name.locator('.tip').waitFor({ state: 'visible' });
  await name.locator('a').click();
  await page.waitForURL('**/documentation/datadictionary/dataset/annotation/field/ProductName');
  await heading(page, 'ProductName').waitFor();
}));

test('t opens all threads and closes them, and the address holds it', () => withPage(`/report/index/${first.report}`, {}, async (page) => {
  await page.locator('details.thread').first().waitFor();
  await page.keyboard.press('t');
  await page.waitForURL('**?threads=all');
  await page.locator('details.thread[open] table.stack').first().waitFor();
  await page.keyboard.press('t');
  await page.waitForURL((url) => url.search === '');
  await page.locator('details.thread[open]').waitFor({ state: 'detached' });
}));

test('tabs are reached by keyboard, and each is good to look at', async () => {
  await withPage(`/report/index/${first.report}`, {}, async (page) => {
    await page.locator('.report .tabs').waitFor();
    await assertTabReaches(page, '.report .tabs a[href$="tab=modules"]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**?tab=modules');
    await page.locator('table.modules tbody tr').first().waitFor();
  });
  for (const [tab, sign] of [['annotations', '.annotations'], ['modules', 'table.modules'], ['raw', '.document'], ['bugs', 'h2'], ['reprocess', 'h2'], ['debug', '.timeline']]) {
    await withPage(tabPath(tab), {}, async (page) => {
      await page.locator(`.report ${sign}`).first().waitFor();
      await page.waitForLoadState('networkidle');
      await assertGood(page, `report-${tab}`);
    });
  }
});

test('modules are in the order of the address, and lead to what waits for symbols', () => withPage(tabPath('modules'), {}, async (page) => {
  await page.getByRole('columnheader', { name: 'Module' }).getByRole('link').click();
  await page.waitForURL('**?tab=modules&sort=name');
  const names = await page.locator('table.modules td.col-module').allInnerTexts();
  assert.deepEqual(names, [...names].sort((one, other) => one.localeCompare(other, 'en', { sensitivity: 'base' })));
  await page.locator('a.mark.missing').first().click();
  await page.waitForURL('**/symbols/missing?file=*');
}));

test('what a person wrote is for those who may see it', async () => {
  await withPage(tabPath('annotations'), {}, async (page) => {
    await page.getByText('shown to people with the permission view_pii').waitFor();
    assert.equal(await page.getByText('This comment goes out').count(), 0);
  });
  await withPage(tabPath('annotations'), person, async (page) => {
    const section = page.locator('section', { has: heading(page, 'Protected 1') });
    await section.getByText('This comment goes out').waitFor();
  });
});

test('documents are read in place', () => withPage(tabPath('raw'), {}, async (page) => {
  await page.locator('.document summary', { hasText: 'Processed crash' }).click();
  const text = await page.locator('.text-block').innerText();
  assert.equal(JSON.parse(text).uuid, first.report);
}));

test('the raw crash is read in place, without what is protected', () => withPage(tabPath('raw'), {}, async (page) => {
  await page.locator('.document summary', { hasText: 'Raw crash' }).click();
  const raw = JSON.parse(await page.locator('.text-block').innerText());
  assert.equal(raw.ProductName, 'Crashy');
  assert.equal(raw.Comments, undefined);
}));

test('a dump is downloaded by who may', () => withPage(tabPath('raw'), person, async (page) => {
  const link = page.locator('.downloads').getByRole('link', { name: 'Download' });
  assert.equal(await link.getAttribute('download'), `${first.report}.upload_file_minidump.dmp`);
  // By the page itself: a download of the browser's own does not carry the token.
  const magic = await link.evaluate(async ({ href }) => (await (await fetch(href)).text()).slice(0, 4));
  assert.equal(magic, 'MDMP');
}));

test('extensions are for everybody, what telemetry knew of the machine for few', async () => {
  const environment = {
    build: { applicationName: 'Addy', architecture: 'x86-64' },
    system: { memoryMB: 15_913, gfx: { adapters: [{ description: 'A card', driverVersion: '8.15' }] } },
    addons: { activeAddons: { 'paint@example.org': { name: 'Paint', version: '2.1', isSystem: false, signedState: 2 } } },
  };
  const report = await sendReport(server, { ProductName: 'Addy', Version: '1.0', Addons: 'paint%40example.org:2.1,sky%40example.org:7', TelemetryEnvironment: JSON.stringify(environment) });
  await withPage(`/report/index/${report}`, {}, async (page) => {
    await page.getByRole('link', { name: 'Extensions' }).click();
    await page.locator('table.extensions tr', { hasText: 'sky@example.org' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Telemetry environment' }).count(), 0);
  });
  await withPage(`/report/index/${report}?tab=extensions`, person, async (page) => {
    await page.locator('table.extensions tr', { hasText: 'the store' }).waitFor();
    await assertGood(page, 'report-extensions');
    await page.getByRole('link', { name: 'Telemetry environment' }).click();
    await page.locator('table.environment tr', { hasText: 'gfx.adapters[0].driverVersion' }).getByText('8.15').waitFor();
    await assertGood(page, 'report-environment');
  });
});

test('a crash is processed again, and the page follows it', () => withPage(tabPath('reprocess'), person, async (page) => {
  await page.getByRole('button', { name: 'Process again' }).click();
  await page.getByText('Done. The signature is the same.').waitFor({ timeout: 30_000 });
}));

test('the signature explains itself', () => withPage(tabPath('debug'), {}, async (page) => {
  await page.locator('summary', { hasText: 'Why this signature' }).click();
  await page.getByText('Today’s lists and rules make the same signature').waitFor();
  await page.locator('.explained', { hasText: 'Ledger' }).first().waitFor();
}));

test('a ping and its report lead to one another', () => withPage(`/report/index/${first.ping}`, person, async (page) => {
  await page.getByRole('link', { name: /See the crash report/ }).click();
  await page.waitForURL(`**/report/index/${first.report}`);
  await page.getByRole('link', { name: /See the crash ping/ }).click();
  await page.waitForURL(`**/report/index/${first.ping}`);
}));

test('of a ping that may not be seen nothing is told where fewer than ten clients sent its like', async () => {
  const [ping] = await sendPings(server, { product: 'Nine', version: '1.0', clients: 9, headers: person.extraHTTPHeaders });
  await withPage(`/report/index/${ping}`, {}, async (page) => {
    await heading(page, 'This crash ping is not shown alone').waitFor();
    await page.getByText('only people with the permission view_pings').waitFor();
    await page.getByText('fewer than 10 clients sent such pings').waitFor();
    assert.doesNotMatch(await page.locator('main').innerText(), /Nine|libpaint/);
    await assertGood(page, 'refused-ping');
  });
});

test('where ten clients did, everybody sees how many there are', async () => {
  const [ping] = await sendPings(server, { product: 'Ten', version: '3.5', clients: 10, headers: person.extraHTTPHeaders });
  await withPage(`/report/index/${ping}`, {}, async (page) => {
    await page.getByText('10 pings of 10 clients of Ten have this signature.').waitFor();
    await page.locator('table.ping-counts', { hasText: 'Version' }).getByText('3.5').waitFor();
    await page.getByRole('slider', { name: /^Pings per day/ }).waitFor();
    await assertGood(page, 'ping-group');
    await page.locator('p.signature a').click();
    await page.waitForURL((url) => url.pathname === '/signature/' && url.searchParams.get('tab') === 'pings');
    await page.getByRole('heading', { name: /^Pings of Ten, in \d+ days$/ }).waitFor();
    await page.getByText('10 pings of 10 clients of Ten have this signature.').waitFor();
  });
});

test('counts without pings say so to who may not see them, and to nobody else', async () => {
  for (const path of ['/', '/home/product/Crashy', '/topcrashers/?product=Crashy']) {
    await withPage(path, {}, (page) => page.getByText(/^Reports only: pings/).waitFor());
    await withPage(path, person, async (page) => {
      await page.locator('.numbers, .top-sum').first().waitFor();
      await page.locator('.account .who').waitFor();
      assert.equal(await page.getByText(/^Reports only: pings/).count(), 0);
    });
  }
});

test('who sees pings of one product is told so where it is counted with others', async () => {
  await withPage('/', granted, async (page) => {
    await page.getByText(/^Reports only: pings/).getByRole('link', { name: 'Crashy' }).click();
    await page.locator('.numbers', { hasText: /2 reports, \d+ pings/ }).waitFor();
    assert.equal(await page.getByText(/reports only/i).count(), 0);
    await assertGood(page, 'product-granted');
  });
  await withPage('/topcrashers/?product=Crashy', granted, async (page) => {
    await page.locator('.top-sum').waitFor();
    await page.locator('.account .who').waitFor();
    assert.equal(await page.getByText(/^Reports only/).count(), 0);
  });
  await withPage(tabPath('raw'), granted, (page) => page.getByRole('link', { name: 'Download', exact: true }).first().waitFor());
});

test('a signature leads who sees pings of one product to them', async () => {
  const path = (product) => `/signature/?${new URLSearchParams({ signature: first.signature, tab: 'pings', ...product })}`;
  await withPage(path({}), granted, async (page) => {
    await page.getByText(/^single pings are counted here/).getByRole('link', { name: 'Crashy' }).click();
    await page.waitForURL((url) => url.searchParams.get('product') === 'Crashy');
    await page.getByRole('link', { name: /^\d+ pings?, for/ }).waitFor();
    await assertGood(page, 'signature-pings-granted');
  });
});

test('without a stack the view of stacks names the condition that left none', async () => {
  await sendReport(server, { ProductName: 'Stackless', Version: '1.0' });
  await withPage('/search?product=Stackless&view=flame', {}, async (page) => {
    await heading(page, 'No stacks').waitFor();
    await page.getByRole('link', { name: 'Leave out Product is Stackless' }).click();
    await page.waitForURL((url) => !url.searchParams.has('product') && url.searchParams.get('view') === 'flame');
    await page.getByRole('treeitem').first().waitFor();
  });
});

test('adapters have names where the server knows them', async (test) => {
  const report = await sendReport(server, { ProductName: 'Drawing', Version: '1.0', AdapterVendorID: '0x10de', AdapterDeviceID: '0x1c03' });
  const answer = await fetch(`${server.url}/api/GraphicsDevices/?vendor_hex=0x10de&adapter_hex=0x1c03`);
  assert.equal(answer.status, 200);
  if ((await answer.json()).total === 0) return test.skip('the package pci.ids is not installed');
  await withPage(`/report/index/${report}`, person, (page) =>
    page.locator('.facts dd', { hasText: 'NVIDIA Corporation (0x10de)' }).waitFor());
});

test('an id that nobody knows says what to do', () => withPage('/report/index/00000000-0000-4000-8000-000000261122', {}, async (page) => {
  await heading(page, 'No crash has this id').waitFor();
  await page.getByText('received on 2026-11-22').waitFor();
  await assertGood(page, 'unknown-crash');
}));

test('the first page has the week of each product', () => withPage('/', {}, async (page) => {
  const row = page.locator('.products li', { hasText: 'Crashy' });
  await row.getByText('2 crashes').waitFor();
  assert.match(await row.locator('.sparkline').getAttribute('aria-label'), /^Crashes of Crashy by day\. .*: 2$/);
  await assertGood(page, 'home');
  await page.getByLabel('Crash id, or a part of a signature').fill(`bp-${first.report}`);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/report/index/${first.report}`);
}));

test('a product leads to its top crashers and signatures', () => withPage('/home/product/Crashy', {}, async (page) => {
  await page.locator('.week-signatures', { hasText: 'Ledger' }).waitFor();
  await page.locator('.product-versions').getByRole('row', { name: first.version }).getByRole('link', { name: 'main' }).waitFor();
  await assertGood(page, 'product');
  await page.getByRole('link', { name: 'All top crashers' }).click();
  await page.waitForURL('**/topcrashers/?product=Crashy&version=any');
}));

test('the dictionary is searched, and a term explains itself', () => withPage('/documentation/datadictionary', {}, async (page) => {
  await page.getByLabel('Words of the name or what it is').fill('crash reason');
  await page.keyboard.press('Enter');
  await page.waitForURL('**?q=crash+reason');
  await assertGood(page, 'dictionary');
  await page.getByRole('link', { name: 'Protected', exact: true }).click();
  await page.waitForURL('**?q=crash+reason&access=protected');
  await page.goto(`${server.url}/documentation/datadictionary/dataset/processed/field/moz_crash_reason_raw`);
  await page.getByText('people with the permission view_pii').waitFor();
  await assertGood(page, 'term');
}));

test('guides are good to read, also under their old addresses', async () => {
  for (const [path, name] of [['/documentation/data', 'Which data answers what'], ['/documentation/search', 'Searching'],
    ['/documentation/supersearch/', 'Searching'], ['/documentation/', 'Which data answers what']]) {
    await withPage(path, {}, async (page) => {
      await page.getByRole('heading', { level: 1, name }).waitFor();
      if (!path.endsWith('/')) await assertGood(page, path.slice(1).replaceAll('/', '-'));
    });
  }
});
