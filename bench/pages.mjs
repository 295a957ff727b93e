// How long pages take from the click to their content on the screen. usage: node bench/pages.mjs [ROUNDS]
//
// A real server with real crashes and Debian's Chromium on the same machine; each page is opened by address, ROUNDS times (40)
// in a browser that has the site's files, and as often in one that has nothing. The time goes from the beginning of the
// navigation to the frame behind the one in which the content is there. Prints the median and the 95th percentile.
import { launchBrowser, missingTool } from '../tests/e2e/browser.mjs';
import { addToken, crash, startServer, uploadSymbols } from '../tests/e2e/server.mjs';

const kRounds = Number(process.argv[2] ?? 40);
const kWarmUps = 3;

const missing = missingTool();
if (missing !== undefined) {
  console.error(`bench/pages: ${missing}`);
  process.exit(1);
}

// Runs in the page: notes when an element of this kind has been drawn.
function notePainted(selector) {
  const watch = () => {
    if (!document.querySelector(selector)) return requestAnimationFrame(watch);
    requestAnimationFrame(() => requestAnimationFrame(() => { window.paintedMs = performance.now(); }));
  };
  watch();
}

async function open(context, url, selector) {
  const page = await context.newPage();
  await page.addInitScript(notePainted, selector);
  await page.goto(url, { waitUntil: 'commit' });
  const ms = await (await page.waitForFunction(() => window.paintedMs)).jsonValue();
  await page.close();
  return ms;
}

async function measure(browser, name, url, selector) {
  const line = [name];
  for (const hasFiles of [true, false]) {
    const times = [];
    let context = await browser.newContext();
    for (let i = 0; i < kWarmUps + kRounds; ++i) {
      if (!hasFiles) {
        await context.close();
        context = await browser.newContext();
      }
      const ms = await open(context, url, selector);
      if (i >= kWarmUps) times.push(ms);
    }
    await context.close();
    times.sort((a, b) => a - b);
    line.push(times[Math.floor(times.length / 2)].toFixed(0), times[Math.floor(times.length * 0.95)].toFixed(0));
  }
  console.log(`| ${line.join(' | ')} |`);
}

const server = await startServer(['view_pings']);
const browser = await launchBrowser();
try {
  await uploadSymbols(server);
  const headers = { 'Auth-Token': await addToken(server, 'ann', 'view_pings') };
  const { report, ping, signature } = await crash(server, 'worker-thread', '20261122000001', headers);
  await crash(server, 'null-read', '20261122000002', headers);
  console.log('| page | with the files: median ms | p95 | without: median ms | p95 |\n|---|---|---|---|---|');
  await measure(browser, 'report', `${server.url}/report/index/${report}`, 'table.stack tbody tr');
  await measure(browser, 'ping', `${server.url}/report/index/${ping}`, 'table.stack tbody tr');
  await measure(browser, 'signature', `${server.url}/signature/?signature=${encodeURIComponent(signature)}`, 'main table tbody tr');
  await measure(browser, 'search', `${server.url}/search/?product=Crashy`, 'main table tbody tr');
  await measure(browser, 'top crashers', `${server.url}/topcrashers/?product=Crashy`, 'main table tbody tr');
} finally {
  await browser.close();
  await server.stop();
}
