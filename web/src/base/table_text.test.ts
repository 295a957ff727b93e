import { expect, test } from 'vitest';
import { asCsv, asMarkdown } from './table_text';

test('CSV quotes what would break a row, and tames formulas', () => {
  expect(
    asCsv({
      titles: ['Signature', 'Count'],
      rows: [
        ['a, "b"', 3],
        ['=cmd()', -1],
        ['-[NSView draw]', undefined],
        ['two\nlines', 0],
      ],
    }),
  ).toBe('Signature,Count\r\n"a, ""b""",3\r\n\'=cmd(),-1\r\n\'-[NSView draw],\r\n"two\nlines",0\r\n');
});

test('Markdown keeps text in its cell and numbers to the right', () => {
  expect(
    asMarkdown({
      titles: ['Signature', 'Count'],
      rows: [
        ['a::b<c>|d', 3],
        ['line\n# two', undefined],
      ],
    }),
  ).toBe('| Signature | Count |\n| --- | --: |\n| a::b\\<c\\>\\|d | 3 |\n| line # two |  |\n');
});
