import { describe, expect, test } from 'vitest';
import { parseStackText, stackText, type FramePattern, type FrameWord } from './stack_query';

function name(text: string, match: FrameWord['match'] = 'is'): FrameWord {
  return { kind: 'name', match, text };
}

function frame(gapMax: number, ...words: FrameWord[]): FramePattern {
  return { words, gapMax };
}

const kQueries: [string, FramePattern[]][] = [
  ['crashy::Paint', [frame(0, name('crashy::Paint'))]],
  ['std::*::at > main', [frame(0, name('std::*::at')), frame(0, name('main'))]],
  ['A > ... > B > ...3 > C', [frame(0, name('A')), frame(Infinity, name('B')), frame(3, name('C'))]],
  ['"operator new(unsigned long)"', [frame(0, name('operator new(unsigned long)'))]],
  ['"a \\"b\\" \\\\c"', [frame(0, name('a "b" \\c'))]],
  ['~"part"', [frame(0, name('part', 'contains'))]],
  [
    '@"a|b > c" module:"libx.so" file:~"lay out"',
    [
      frame(
        0,
        name('a|b > c', 'regex'),
        { kind: 'module', match: 'is', text: 'libx.so' },
        { kind: 'file', match: 'contains', text: 'lay out' },
      ),
    ],
  ],
  [
    'at:"libx.so+0x1234" > inline:@"f.*"',
    [
      frame(0, { kind: 'at', match: 'is', text: 'libx.so+0x1234' }),
      frame(0, { kind: 'inline', match: 'regex', text: 'f.*' }),
    ],
  ],
  ['"module:odd"', [frame(0, name('module:odd'))]],
];

describe('the text of a stack search', () => {
  test.each(kQueries)('%s is read', (text, frames) => {
    expect(parseStackText(text)).toEqual(frames);
  });
  test.each(kQueries)('%s is written', (text, frames) => {
    expect(stackText(frames)).toBe(text);
  });
});

test.each<[string, FramePattern[]]>([
  ['A > … > B', [frame(0, name('A')), frame(Infinity, name('B'))]],
  ['A>B', [frame(0, name('A>B'))]],
  ['operator>> >B', [frame(0, name('operator>>')), frame(0, name('B'))]],
  ['A >...2> B', [frame(0, name('A')), frame(2, name('B'))]],
  ['function:"a b"', [frame(0, name('a b'))]],
  ['~A>B', [frame(0, name('A>B', 'contains'))]],
  ['~frame part', [frame(0, name('frame part', 'contains'))]],
  ['module:libx.so', [frame(0, { kind: 'module', match: 'is', text: 'libx.so' })]],
])('other ways to write it: %s', (text, frames) => {
  expect(parseStackText(text)).toEqual(frames);
});

test.each(['A >', '> A', 'A > ... >', '"open', 'A > > B', '""', '...'.repeat(1) + ' > A > "x'])(
  '%s is left to the server',
  (text) => {
    expect(parseStackText(text)).toBeUndefined();
  },
);
