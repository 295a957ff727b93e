// A person who signs in and does by keyboard alone what an account is for: bugs, saved searches, short links, comments,
// tokens, users. On a real server with real crashes; no test touches the pointer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, missingTool } from './browser.mjs';
import { assertGood, usePage } from './looks.mjs';
import { addToken, crash, startServer } from './server.mjs';

const kSkipped = 77;  // ctest's SKIP_RETURN_CODE.
const missing = process.env.CAIRN_URL ? 'CAIRN_URL is set, and this test has a server of its own' : missingTool();
if (missing !== undefined) {
  console.error(`e2e: skipped: ${missing}`);
  process.exit(kSkipped);
}

const kPassword = 'a long enough password';
const kMostStops = 150;
const kTemplates = [
  { label: 'Bugzilla', url_template: 'https://bugs.example.org/enter_bug.cgi?short_desc={title}&comment={description}&cf_crash_signature=[@ {signature}]' },
  { label: 'GitHub', url_template: 'https://github.com/example/crashy/issues/new?title={title}&body={description}' },
];
let server, browser, first, person;

before(async () => {
  browser = await launchBrowser();
  server = await startServer([]);
  const token = await addToken(server, 'first', 'administer,view_pings');
  const headers = { 'Auth-Token': token };
  first = await crash(server, 'null-read', '20261122000001', headers);
  await crash(server, 'abort', '20261122000002', headers);
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

// Presses Tab, or Shift+Tab, until the focus is on what has this role and name, and can be seen to be there.
async function tabTo(page, role, name, key = 'Tab') {
  const goal = page.getByRole(role, { name, exact: typeof name === 'string' }).first();
  await goal.waitFor();
  for (let stop = 0; stop < kMostStops; stop += 1) {
    await page.keyboard.press(key);
    if (!(await goal.evaluate((element) => element === document.activeElement))) continue;
    const outline = await goal.evaluate((element) => getComputedStyle(element).outlineStyle);
    assert.notEqual(outline, 'none', `${role} ${name}: the focus cannot be seen`);
    return;
  }
  assert.fail(`${key} does not come to the ${role} ${name}`);
}

async function press(page, role, name, key = 'Enter') {
  await tabTo(page, role, name);
  await page.keyboard.press(key);
}

async function fill(page, name, text) {
  await tabTo(page, 'textbox', name);
  await page.keyboard.type(text);
}

const signaturePath = (tab) => `/signature/?${new URLSearchParams({ signature: first.signature, tab })}`;

test('signing in', async () => {
  await withPage('/', async (page) => {
    await press(page, 'link', 'Sign in');
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
    await press(page, 'button', 'Untie bug 1234');
    await page.getByText('No bug is tied to it.').waitFor();
  });
});

test('a bug of two signatures leads from one to the other', async () => {
  for (const signature of [first.signature, 'Another::Signature']) {
    await withPage(`/signature/?${new URLSearchParams({ signature, tab: 'bugs' })}`, async (page) => {
      await fill(page, 'Number or address of a bug', '77');
      await page.keyboard.press('Enter');
      await page.locator('table.bugs tr', { hasText: '77' }).waitFor();
    });
  }
  await withPage(signaturePath('bugs'), async (page) => {
    await press(page, 'link', 'Another::Signature');
    await page.waitForURL((url) => url.searchParams.get('signature') === 'Another::Signature');
  });
});

test('forms of new bugs are filled in from the crash, and from its signature', async () => {
  for (const path of [`/report/index/${first.report}?tab=bugs`, signaturePath('bugs')]) {
    await withPage(path, async (page) => {
      for (const { label } of kTemplates) {
        await tabTo(page, 'link', label);
        const href = new URL(await page.getByRole('link', { name: label }).getAttribute('href'));
        const title = href.searchParams.get('short_desc') ?? href.searchParams.get('title');
        assert.ok(title.includes(first.signature), `${label}: ${title}`);
        const text = href.searchParams.get('comment') ?? href.searchParams.get('body');
        assert.ok(text.includes(`${server.url.slice(-5)}`) || text.includes('/report/index/'), `${label}: ${text}`);
        assert.match(text, /SIGSEGV/);
      }
      await assertGood(page, 'new-bug');
    });
  }
});

test('a search is saved, opened and forgotten', () => withPage('/search?product=Crashy&kind=report', async (page) => {
  await page.locator('table.crashes tbody tr').first().waitFor();
  await tabTo(page, 'group', /./).catch(() => undefined);
}));
