import { describe, expect, test } from 'vitest';
import { parseAddress } from './address';
import type { Frame, SourcePlace } from './crash';
import { expandFrames, sourceText } from './frame_rows';

function place(functionName?: string, file?: string, line?: number): SourcePlace {
  return { functionName, file, line };
}

function frame(members: Partial<Frame>): Frame {
  return {
    index: 0, trust: 'cfi', address: undefined, moduleName: undefined, moduleOffset: undefined, place: place(),
    inlines: [], missingSymbols: false, namedLater: false, ...members,
  };
}

describe('the rows of a stack', () => {
  test('inlined functions stand above the function that holds them, innermost first', () => {
    const rows = expandFrames([
      frame({ place: place('Paint'), inlines: [place('at'), place('First')] }),
      frame({ index: 1, place: place('main') }),
    ]);
    expect(rows.map((row) => [row.frame.index, row.name, row.inlined])).toEqual([
      [0, 'at', true], [0, 'First', true], [0, 'Paint', false], [1, 'main', false],
    ]);
    expect(new Set(rows.map((row) => row.key)).size).toBe(4);
  });
  test.each<[string, Partial<Frame>]>([
    ['libfoo.so + 0x1f', { moduleName: 'libfoo.so', moduleOffset: parseAddress('0x000000000000001f'), address: parseAddress('0x7f0000001f') }],
    ['0x7f0000001f', { address: parseAddress('0x7f0000001f') }],
    ['libfoo.so', { moduleName: 'libfoo.so' }],
    ['unknown address', {}],
  ])('without a function a frame is called %j', (name, members) => {
    expect(expandFrames([frame(members)])[0]).toMatchObject({ name, named: false });
  });
});

test('a source place is as exact as what is known', () => {
  expect(sourceText(place('f', '/a/b/c/d.cc', 7))).toBe('b/c/d.cc:7');
  expect(sourceText(place('f', 'd.cc'))).toBe('d.cc');
  expect(sourceText(place('f', undefined, 7))).toBe('');
});

test('the standard library is told from what calls it', () => {
  const rows = expandFrames([frame({
    place: place('crashy::Run', '/src/run.cc'),
    inlines: [
      place('std::__get_helper<0ul>'),
      place('__gthread_join', '/usr/include/c++/12/bits/gthr-default.h'),
      place('stdlike::Get'), place('Standard::Get', '/src/include/c++ish.h'), place(),
    ],
  })]);
  expect(rows.map((row) => row.library)).toEqual([true, true, false, false, false, false]);
});
