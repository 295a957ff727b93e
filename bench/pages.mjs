// How long pages take from the click to their content on the screen. usage: node bench/pages.mjs [ROUNDS]
//
// A real server with real crashes and Debian's Chromium on the same machine. Each page is opened by address, ROUNDS times (20) in a
// new tab of a browser that has the site's files, and as often in one that has nothing. The tab's window is there before, and quiet:
// a window that Chromium opens runs pages of its own for a second, which on two cores takes longer than the page. The time goes from
// the beginning of the navigation to the frame behind the one in which the content is there. "HTML alone" is the floor: what the
// browser has drawn for the page at last, as a file without scripts. Prints the least, the median and the 95th percentile.
// A page that does not say in time that it was painted is told, with what it shows, and opened again.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { launchBrowser, missingTool } from '../tests/e2e/site/browser.mjs';
import { addToken, crash, startServer, uploadSymbols } from '../tests/e2e/site/server.mjs';

const kRounds = Number(process.argv[2] ?? 20);
const kWarmUps = 2;
const kQuietMs = 1500;
const kSaid = 'painted after ';
const kMaxPaintMs = 15_000;
const kMaxTries = 3;

const missing = missingTool();
if (missing !== undefined) {
  console.error(`bench/pages: ${missing}`);
  process.exit(1);
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Runs in the page: says when an element of this kind has been drawn. On the console, because to be asked would cost it time.
function notePainted([selector, said]) {
  const watch = () => {
    if (!document.querySelector(selector)) return requestAnimationFrame(watch);
    requestAnimationFrame(() => requestAnimationFrame(() => console.debug(said + performance.now())));
  };
  watch();
}

// undefined: it did not say so in time.
async function open(context, { name, url, selector }) {
  const page = await context.newPage();
  await page.addInitScript(notePainted, [selector, kSaid]);
  await page.bringToFront();
  await sleep(kQuietMs);
  const heard = page.waitForEvent('console', { predicate: (message) => message.text().startsWith(kSaid), timeout: kMaxPaintMs });
  const [said] = await Promise.all([
    heard.then((message) => message.text(), () => undefined),
    page.goto(url, { waitUntil: 'commit', timeout: kMaxPaintMs }).catch(() => undefined),
  ]);
  if (said === undefined) console.error(`bench/pages: ${name} was not painted within ${kMaxPaintMs} ms: ${await lookOf(page)}`);
  await page.close();
  return said === undefined ? undefined : Number(said.slice(kSaid.length));
}

// A page that is not visible gets no frames; one that the server refuses says why.
function lookOf(page) {
  const look = page.evaluate(() => `${document.visibilityState}, ${document.readyState}, "${document.body?.innerText.slice(0, 300)}"`);
  return Promise.race([look.catch(({ message }) => message), sleep(2_000).then(() => 'it does not answer')]);
}

// All pages in turn, so that what else the machine does meets all of them.
async function measure(browser, pages, hasFiles) {
  const times = pages.map(() => []);
  let context = await browser.newContext();
  const paint = async (page) => {
    for (let tries = 0; tries < kMaxTries; ++tries) {
      if (!hasFiles) {
        await context.close();
        context = await browser.newContext();
      }
      const ms = await open(context, page);
      if (ms !== undefined) return ms;
    }
    throw new Error(`${page.name} was not painted in ${kMaxTries} tries`);
  };
  for (let i = 0; i < kWarmUps + kRounds; ++i) {
    for (const [index, page] of pages.entries()) {
      const ms = await paint(page);
      if (i >= kWarmUps) times[index].push(ms);
    }
  }
  await context.close();
  return times.map((of) => of.sort((a, b) => a - b)).map((of) => [of[0], of[Math.floor(of.length / 2)], of[Math.floor(of.length * 0.95)]]);
}

// The page as it was drawn at last, without its scripts, sent by a server that does nothing else.
async function serveAlone(browser, { url, selector }) {
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.locator(selector).first().waitFor();
  const html = await page.evaluate(() => {
    for (const element of document.querySelectorAll('script, link[rel=modulepreload]')) element.remove();
    return `<!doctype html>${document.documentElement.outerHTML}`;
  });
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  await page.close();
  const packed = gzipSync(html);
  const alone = createServer((request, response) => {
    if (!request.url.startsWith('/assets/')) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip' }).end(packed);
      return;
    }
    const type = request.url.endsWith('.css') ? 'text/css' : 'text/javascript';
    response.writeHead(200, { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable', 'content-encoding': 'gzip' })
      .end(gzipSync(readFileSync(new URL(`../web/dist${request.url}`, import.meta.url))));
  });
  await new Promise((resolve) => alone.listen(0, '127.0.0.1', resolve));
  return { name: `a report, HTML alone, ${elements} elements`, url: `http://127.0.0.1:${alone.address().port}/`, selector, stop: () => alone.close() };
}

const server = await startServer(['view_pings']);
const browser = await launchBrowser();
let alone;
try {
  await uploadSymbols(server);
  const headers = { 'Auth-Token': await addToken(server, 'ann', 'view_pings') };
  const { report, ping, signature } = await crash(server, 'worker-thread', '20261122000001', headers);
  await crash(server, 'null-read', '20261122000002', headers);
  const of = (name, path, selector) => ({ name, url: server.url + path, selector });
  const pages = [
    of('report', `/report/index/${report}`, 'table.stack tbody tr'),
    of('ping', `/report/index/${ping}`, 'table.stack tbody tr'),
    of('signature', `/signature/?signature=${encodeURIComponent(signature)}`, 'main table tbody tr'),
    of('search', '/search/?product=Crashy', 'main table tbody tr'),
    of('top crashers', '/topcrashers/?product=Crashy', 'main table tbody tr'),
  ];
  alone = await serveAlone(browser, pages[0]);
  pages.push(alone);
  const [tabs, fresh] = [await measure(browser, pages, true), await measure(browser, pages, false)];
  console.log('| page | with the files: least ms | median | p95 | without: least | median | p95 |\n|---|---|---|---|---|---|---|');
  pages.forEach(({ name }, index) => console.log(`| ${[name, ...[...tabs[index], ...fresh[index]].map((ms) => ms.toFixed(0))].join(' | ')} |`));
} finally {
  alone?.stop();
  await browser.close();
  await server.stop();
}
