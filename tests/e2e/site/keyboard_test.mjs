// A person who signs in and does by keyboard alone what an account is for: bugs, saved searches, short links, comments,
// tokens, users. On a real server with real crashes; no test touches the pointer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, skipWhereItCannotRun } from './browser.mjs';
import { assertAllInTabOrder, assertGood, usePage } from './looks.mjs';
import { addToken, crash, startServer, uploadSymbols } from './server.mjs';

skipWhereItCannotRun('this test has a server of its own');

const kPassword = 'a long enough password';
const kMostStops = 150;
const kTemplates = [
  { label: 'Bugzilla', url_template: 'https://bugs.example.org/enter_bug.cgi?short_desc={title}&comment={description}&cf_crash_signature=[@ {signature}]' },
  { label: 'GitHub', url_template: 'https://github.com/example/crashy/issues/new?title={title}&body={description}' },
];
let server, browser, first, second, person, administrator;

before(async () => {
  browser = await launchBrowser();
  server = await startServer([], '[[bugs.tracker]]\nname = "tracker"\nkind = "bugzilla"\nurl = "https://bugs.example.org"\n');
  await uploadSymbols(server);
  const token = await addToken(server, 'first', 'administer,view_pings');
  const headers = { 'Auth-Token': token };
  administrator = headers;
  first = await crash(server, 'null-read', '20261122000001', headers);
  second = await crash(server, 'abort', '20261122000002', headers);
  await post(headers, '/api/Users/', { name: 'ann', permissions: ['administer', 'view_pii', 'view_pings', 'edit_bugs', 'reprocess_crashes'], password: kPassword });
  await post(headers, '/api/Products/', { name: 'Crashy', bug_links: kTemplates });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function post(headers, path, body) {
  const response = await fetch(server.url + path, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  assert.equal(response.status, 200, `POST ${path}: ${await response.text()}`);
}

const withPage = (path, use) => usePage(browser, server, path, person ?? {}, use);

// Presses Tab until the focus is on it, and can be seen to be there.
async function tabTo(page, goal) {
  await goal.waitFor();
  for (let stop = 0; stop < kMostStops; stop += 1) {
    await page.keyboard.press('Tab');
    if (!(await goal.evaluate((element) => element === document.activeElement))) continue;
    const [outline, shadow] = await goal.evaluate((element) => [getComputedStyle(element).outlineStyle, getComputedStyle(element).boxShadow]);
    assert.ok(outline !== 'none' || shadow !== 'none', `${goal}: the focus cannot be seen`);
    return;
  }
  assert.fail(`Tab does not come to ${goal}`);
}

const button = (page, name) => page.getByRole('button', { name, exact: true });
const link = (page, name) => page.getByRole('link', { name, exact: true }).first();

async function press(page, goal, key = 'Enter') {
  await tabTo(page, goal);
  await page.keyboard.press(key);
}

async function fill(page, label, text) {
  await tabTo(page, page.locator('form').getByLabel(label, { exact: true }));
  await page.keyboard.type(text);
}

const signaturePath = (tab) => `/signature/?${new URLSearchParams({ signature: first.signature, tab })}`;

test('signing in', async () => {
  await withPage('/', async (page) => {
    await press(page, link(page, 'Sign in'));
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await fill(page, 'Name', 'ann');
    await page.keyboard.press('Tab');
    await page.keyboard.type(kPassword);
    await page.keyboard.press('Enter');
    await page.locator('.account .who', { hasText: 'ann' }).waitFor();
    person = { storageState: await page.context().storageState() };
  });
});

test('a bug is tied to a signature, seen at its crashes, and untied', async () => {
  await withPage(signaturePath('bugs'), async (page) => {
    await page.getByText('No bug is tied to it.').waitFor();
    await fill(page, 'Number or address of a bug', 'https://bugs.example.org/show_bug.cgi?id=1234');
    await page.keyboard.press('Enter');
    await page.locator('table.bugs tr', { hasText: '1234' }).waitFor();
    await assertGood(page, 'bugs-tied');
  });
  await withPage(`/topcrashers/?product=Crashy`, async (page) => {
    await page.locator('table.top-crashers .col-bugs', { hasText: '1234' }).waitFor();
  });
  await withPage(`/report/index/${first.report}?tab=bugs`, async (page) => {
    await press(page, button(page, 'Untie bug 1234'));
    await page.getByText('No bug is tied to it.').waitFor();
  });
});

test('a bug of two signatures leads from one to the other', async () => {
  for (const { signature } of [first, second]) {
    await withPage(`/signature/?${new URLSearchParams({ signature, tab: 'bugs' })}`, async (page) => {
      await fill(page, 'Number or address of a bug', '77');
      await page.keyboard.press('Enter');
      await page.locator('table.bugs tr', { hasText: '77' }).waitFor();
    });
  }
  await withPage(signaturePath('bugs'), async (page) => {
    await press(page, link(page, second.signature));
    await page.waitForURL((url) => url.searchParams.get('signature') === second.signature);
  });
});

test('forms of new bugs are filled in from the crash, and from its signature', async () => {
  for (const path of [`/report/index/${first.report}?tab=bugs`, signaturePath('bugs')]) {
    await withPage(path, async (page) => {
      for (const { label } of kTemplates) {
        await tabTo(page, link(page, label));
        const href = new URL(await page.getByRole('link', { name: label }).getAttribute('href'));
        const title = href.searchParams.get('short_desc') ?? href.searchParams.get('title');
        assert.ok(title.includes(first.signature), `${label}: ${title}`);
        const text = href.searchParams.get('comment') ?? href.searchParams.get('body');
        assert.match(text, new RegExp(`^Crash: ${server.url}/(report/index|signature)/`));
        assert.match(text, /SIGSEGV/);
      }
      await assertGood(page, 'new-bug');
    });
  }
});

test('a search is saved, opened and forgotten', async () => {
  const share = (page) => page.locator('summary', { hasText: 'Save and share' });
  await withPage('/search?product=Crashy&kind=report', async (page) => {
    await page.locator('table.crashes tbody tr').first().waitFor();
    await press(page, share(page));
    await fill(page, 'Save as', 'Reports of Crashy');
    await page.keyboard.press('Enter');
    await link(page, 'Reports of Crashy').waitFor();
    await assertGood(page, 'saved-search');
  });
  await withPage('/search', async (page) => {
    await page.locator('table.crashes tbody tr').first().waitFor();
    await press(page, share(page));
    await press(page, link(page, 'Reports of Crashy'));
    await page.waitForURL((url) => url.searchParams.get('kind') === 'report');
    await page.locator('table.crashes tbody tr').first().waitFor();
    await page.goto(`${server.url}/search`);
    await press(page, share(page));
    await press(page, button(page, 'Forget Reports of Crashy'));
    await link(page, 'Reports of Crashy').waitFor({ state: 'detached' });
  });
});

test('a chart is read and narrowed', () => withPage('/search', async (page) => {
  const chart = page.getByRole('slider', { name: /^Crashes per/ });
  await page.locator('.time-chart canvas').waitFor();
  await tabTo(page, chart);
  assert.match(await chart.getAttribute('aria-valuetext'), /^\d{4}-\d\d-\d\d: 4$/);
  await page.keyboard.press('ArrowLeft');
  assert.match(await chart.getAttribute('aria-valuetext'), /: 0$/);
  await page.keyboard.press('Shift+ArrowRight');
  assert.match(await chart.getAttribute('aria-valuetext'), / to .*: 4$/);
  await page.locator('.at-cursor', { hasText: ' to ' }).waitFor();
  await assertGood(page, 'chart-by-keyboard');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.getAll('date').length === 2);
  await page.locator('.status-line strong', { hasText: '4 crashes' }).waitFor();
}));

test('j goes to the first row of each page that has rows', async () => {
  const paths = ['/search', '/topcrashers/?product=Crashy', signaturePath('summary'), signaturePath('aggregations'), signaturePath('pings'),
    `/report/index/${first.report}`, `/report/index/${first.report}?tab=annotations`, `/report/index/${first.report}?tab=modules`, '/home/product/Crashy',
    '/admin/users', '/admin/audit', '/admin/products', '/documentation/datadictionary'];
  for (const path of paths) {
    await withPage(path, async (page) => {
      await page.locator('main tbody tr[tabindex="0"]:visible').first().waitFor();
      await page.keyboard.press('j');
      assert.equal(await page.evaluate(() => document.activeElement.tagName), 'TR', path);
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('/');
      assert.equal(await page.evaluate(() => document.activeElement.tagName), 'INPUT', path);
    });
  }
});

test('Tab comes to whatever can be used, on every page', async () => {
  const tabs = ['summary', 'aggregations', 'reports', 'graphs', 'bugs', 'comments', 'correlations', 'similar', 'pings'];
  const paths = ['/', '/search', '/search?view=flame', '/topcrashers/?product=Crashy', '/home/product/Crashy', ...tabs.map(signaturePath),
    ...['', '?tab=annotations', '?tab=modules', '?tab=raw', '?tab=bugs', '?tab=reprocess', '?tab=debug'].map((tab) => `/report/index/${first.report}${tab}`),
    '/symbols/missing', '/symbols/uploads', '/symbols/usage', '/admin/users', '/admin/products', '/admin/signatures', '/admin/rules', '/admin/audit',
    '/account', '/documentation/data', '/documentation/search', '/documentation/datadictionary?q=reason', '/s/none', '/nowhere'];
  for (const path of paths) {
    await withPage(path, async (page) => {
      await page.waitForLoadState('networkidle');
      await page.waitForFunction(() => document.querySelector('.loading') === null);
      // A live list would draw itself anew meanwhile.
      const live = page.getByLabel('Live');
      if (await live.count() > 0) await live.uncheck();
      await assertAllInTabOrder(page, path);
    });
  }
});

test('an empty tab of comments names the condition that emptied it', () => withPage(`${signaturePath('comments')}&kind=ping`, async (page) => {
  await page.getByRole('heading', { name: 'No comments' }).waitFor();
  await press(page, page.getByRole('link', { name: 'Leave out Kind is ping' }));
  await page.locator('table.comments tbody tr', { hasText: 'This comment goes out' }).first().waitFor();
}));

test('without a version top crashers are of the featured one, and of all by a link', async () => {
  const save = (versions) => post(administrator, '/api/Products/', { name: 'Crashy', bug_links: kTemplates, versions });
  await save([first.version, '0.1']);
  await withPage('/topcrashers/?product=Crashy', async (page) => {
    await page.waitForURL((url) => url.searchParams.get('version') === first.version);
    await page.locator('table.top-crashers tbody tr').first().waitFor();
    await press(page, page.getByRole('navigation', { name: 'Version' }).getByRole('link', { name: 'All', exact: true }));
    await page.waitForURL((url) => url.searchParams.get('version') === 'any');
    await page.locator('table.top-crashers tbody tr').first().waitFor();
  });
  await save([]);
});

test('a short link leads to its search, for everybody', async () => {
  let short;
  await withPage('/search?product=Crashy&kind=report&_columns=date&_columns=reason', async (page) => {
    await page.locator('table.crashes tbody tr').first().waitFor();
    await press(page, page.locator('summary', { hasText: 'Save and share' }));
    await press(page, button(page, 'Make one'));
    short = await page.locator('.share-panel code', { hasText: '/s/' }).innerText();
  });
  assert.match(short, new RegExp(`^${server.url}/s/\\w+$`));
  await usePage(browser, server, new URL(short).pathname, {}, async (page) => {
    await page.waitForURL('**/search?product=Crashy&kind=report&_columns=date&_columns=reason');
    await page.locator('table.crashes tbody tr').first().waitFor();
    await page.goBack();
    assert.doesNotMatch(page.url(), /\/s\//);
  });
});

test('comments are there for who may read them, and for nobody else', async () => {
  await withPage(signaturePath('summary'), async (page) => {
    await press(page, link(page, 'Comments'));
    await page.locator('table.comments tbody tr', { hasText: 'This comment goes out' }).first().waitFor();
    await assertGood(page, 'comments');
    await page.keyboard.press('j');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/report/index/*');
  });
  await usePage(browser, server, signaturePath('comments'), {}, async (page) => {
    await page.getByText('Comments are shown only by permission').waitFor();
    assert.equal(await page.getByText('This comment goes out').count(), 0);
  });
});

test('who may not see pings is not told that there are none', () => usePage(browser, server, signaturePath('pings'), {}, async (page) => {
  await page.getByText('single pings are counted here for people with the permission view_pings').waitFor();
  await page.getByText(/^In 90 days fewer than 10 clients sent such pings/).waitFor();
}));

test('a token is made and revoked', () => withPage('/account', async (page) => {
  await press(page, page.locator('summary', { hasText: 'New token' }));
  await fill(page, 'What it is for', 'nightly export');
  await tabTo(page, page.getByRole('checkbox', { name: /view_pii/ }));
  await page.keyboard.press('Space');
  await press(page, button(page, 'Make it'));
  const token = await page.locator('.shown-once code').innerText();
  const me = () => fetch(`${server.url}/api/Me/`, { headers: { 'Auth-Token': token } });
  assert.deepEqual((await (await me()).json()).permissions, ['view_pii']);
  await press(page, button(page, 'Revoke nightly export'));
  await page.locator('.tokens tr', { hasText: 'nightly export' }).getByText(/revoked/).waitFor();
  assert.notEqual((await me()).status, 200);
}));

test('a user is added, changed and disabled', () => withPage('/admin/users', async (page) => {
  await press(page, link(page, 'Add a user'));
  await fill(page, 'Name', 'cleo');
  await tabTo(page, page.getByRole('checkbox', { name: /view_pings/ }));
  await page.keyboard.press('Space');
  await press(page, button(page, 'Add'));
  await page.locator('tr', { hasText: 'cleo' }).getByText('view_pings').waitFor();
  await press(page, link(page, 'cleo'));
  await tabTo(page, page.getByRole('checkbox', { name: /^Disabled/ }));
  await page.keyboard.press('Space');
  await press(page, button(page, 'Save'));
  await page.locator('tr', { hasText: 'cleo' }).getByText(/^disabled/).waitFor();
  await assertGood(page, 'users-table');
}));

test('signing out', () => withPage('/account', async (page) => {
  await press(page, button(page, 'Sign out'));
  await page.locator('.account').getByRole('link', { name: 'Sign in' }).waitFor();
}));
