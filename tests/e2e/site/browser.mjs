// Debian's Chromium, driven by playwright-core, and the accessibility check of axe-core.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

// The packages lie beside the site that they test.
const require = createRequire(new URL('../../../web/package.json', import.meta.url));
const kChromium = process.env.CAIRN_CHROMIUM ?? '/usr/bin/chromium';
const kFlags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// Why the tests cannot run here, or undefined.
export function missingTool() {
  if (!existsSync(kChromium)) return `${kChromium} is missing: run tools/setup`;
  try {
    require.resolve('playwright-core');
    require.resolve('axe-core');
  } catch {
    return 'npm packages of web/ are missing: run tools/setup';
  }
  return undefined;
}

// Ends a test that cannot run here, and says why. `ownServer`: why it does not ask the server of CAIRN_URL, if it does not.
export function skipWhereItCannotRun(ownServer) {
  const why = process.env.CAIRN_URL && ownServer ? `CAIRN_URL is set, and ${ownServer}` : missingTool();
  if (why === undefined) return;
  console.error(`e2e: skipped: ${why}`);
  process.exit(77);  // ctest's SKIP_RETURN_CODE.
}

export function launchBrowser() {
  return require('playwright-core').chromium.launch({ executablePath: kChromium, args: kFlags });
}

// A page that notes what must not happen: requests to other hosts, errors in scripts, breaches of the policy.
export async function openPage(browser, server, path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== server.url) faults.push(`asked another host: ${request.url()}`);
  });
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    // Chromium reports each answer other than 2xx; the tests of problem pages ask for those.
    const expected = /Failed to load resource/.test(message.text());
    if (message.type() === 'error' && !expected) faults.push(`console: ${message.text()}`);
  });
  await page.goto(server.url + path);
  return { page, faults, close: () => context.close() };
}

// Fails on every accessibility violation that axe finds, whatever it says of its impact.
// `rules` are those to check; all if there are none.
export async function assertAccessible(page, where, rules = []) {
  // By the debugger's protocol, because the page's policy forbids foreign scripts.
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(require('axe-core').source);
  const { violations } = await page.evaluate(`axe.run(${JSON.stringify({ resultTypes: ['violations'], ...(rules.length > 0 && { runOnly: rules }) })})`);
  assert.deepEqual(violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes[0]?.html}`), [], where);
}
