// What every page must be, whatever it shows: accessible in both colour schemes, and no wider than the window on a
// screen, a small one and a phone. CAIRN_PICTURES names a folder for pictures of each.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assertAccessible, openPage } from './browser.mjs';

const kPictures = process.env.CAIRN_PICTURES;
const kWidths = [1280, 800, 390];

export async function assertGood(page, where) {
  if (kPictures) await mkdir(kPictures, { recursive: true });
  const picture = async (name) => kPictures && page.screenshot({ path: join(kPictures, `${name}.png`), fullPage: true });
  for (const width of kWidths) {
    await page.setViewportSize({ width, height: 800 });
    await assertAccessible(page, `${where}, ${width} px`);
    await picture(`${where}-${width}`);
    await page.emulateMedia({ colorScheme: 'dark' });
    // Of the two schemes only the colours differ, and what is asked of colours is contrast.
    await assertAccessible(page, `${where}, dark, ${width} px`, ['color-contrast']);
    await picture(`${where}-${width}-dark`);
    await page.emulateMedia({ colorScheme: 'light' });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${where}, ${width} px: too wide`);
  }
  await page.setViewportSize({ width: kWidths[0], height: 800 });
}

// Opens a page, uses it, and fails on what must not happen meanwhile.
export async function usePage(browser, server, path, options, use) {
  const { page, faults, close } = await openPage(browser, server, path, options);
  try {
    await use(page);
    assert.deepEqual(faults, []);
  } finally {
    await close();
  }
}

// Whatever can be used on the page has the focus at some time when Tab is pressed again and again, and shows it. Of rows and
// of choices of one kind one is a stop; what stands in a closed part, none.
export async function assertAllInTabOrder(page, where) {
  const names = await page.evaluate(() => {
    const usable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
    const isStop = (element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true })
      && !(element.type === 'radio' && !element.checked)
      && !(element.closest('details:not([open])') !== null && element.tagName !== 'SUMMARY');
    const stops = [...document.querySelectorAll(usable)].filter(isStop);
    for (const [index, element] of stops.entries()) element.dataset.stop = index;
    return stops.map((element) => element.outerHTML.slice(0, 120));
  });
  const seen = new Set();
  for (let presses = 0; presses < 3 * names.length + 20 && seen.size < names.length; presses += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);
      return { stop: document.activeElement.dataset.stop, isSeen: outlineStyle !== 'none' || boxShadow !== 'none', html: document.activeElement.outerHTML.slice(0, 120) };
    });
    if (at.stop === undefined) continue;
    assert.ok(at.isSeen, `${where}: the focus cannot be seen on ${at.html}`);
    seen.add(Number(at.stop));
  }
  assert.deepEqual(names.filter((_, index) => !seen.has(index)), [], `${where}: Tab does not come to these`);
}

// The links and buttons of the page's content, in the order in which Tab comes to them.
export async function assertTabReaches(page, selector, most = 200) {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return;
  }
  assert.fail(`Tab does not come to ${selector}`);
}
