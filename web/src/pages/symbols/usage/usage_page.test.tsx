import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { readUsage } from '../../../api/symbol_usage';
import { UsageView } from './usage_page';

test('sums, classes and the time that files are kept', () => {
  const text = render(<UsageView usage={readUsage({ usage: [
    { product: 'Editor', files: 1200, size: 5 << 20, stored_size: 1 << 20, skipped: 3, days_kept: 0 },
    { product: '', try_symbols: true, files: 1, size: 1024, stored_size: 512, days_kept: 1 }] }, {})} />);
  expect(text).toContain('1,201 files</strong> of 5.0 MiB');
  expect(text).toContain('href="/symbols/uploads?product=Editor&amp;try=0"');
  expect(text).toContain('for ever');
  expect(text).toContain('1 day<');
  expect(text).toContain('no product');
  expect(text).not.toContain('several names');
});

test('what lies there twice is told', () => {
  const usage = readUsage({ usage: [{ files: 2 }] }, { duplicates: [{ sha256_hash: 'ab'.repeat(32), files: 2, stored_size: 8 }] });
  expect(render(<UsageView usage={usage} />)).toContain('The same bytes under several names');
});

test('nothing stored is said', () => {
  expect(render(<UsageView usage={readUsage({}, {})} />)).toContain('No symbols are stored');
});
