import { expect, test } from 'vitest';
import { parseAddress } from './address';
import type { Frame, Thread } from './crash';
import { groupThreads, threadNames } from './thread_groups';

function frame(module: string, offset: string): Frame {
  return {
    index: 0,
    trust: 'cfi',
    address: parseAddress(`0x7f${offset}`),
    moduleName: module,
    moduleOffset: parseAddress(`0x${offset}`),
    place: { functionName: undefined, file: undefined, line: undefined },
    inlines: [],
    missingSymbols: false,
    namedLater: false,
  };
}

function thread(index: number, frames: readonly Frame[], name?: string): Thread {
  return { index, id: undefined, name, frames, truncated: false };
}

test('equal stacks are one group, where the first of them stood', () => {
  const wait = [frame('libc', '10'), frame('app', '20')];
  const groups = groupThreads([
    thread(0, [frame('app', '1')]),
    thread(1, wait),
    thread(2, [frame('app', '2')]),
    thread(
      3,
      wait.map((each) => ({ ...each })),
    ),
  ]);
  expect(groups.map((group) => group.threads.map(({ index }) => index))).toEqual([[0], [1, 3], [2]]);
});

test('a stack that goes on beyond another is another', () => {
  expect(
    groupThreads([thread(0, [frame('a', '1')]), thread(1, [frame('a', '1'), frame('a', '2')])]),
  ).toHaveLength(2);
  expect(
    groupThreads([thread(0, [frame('a', '1')]), { ...thread(1, [frame('a', '1')]), truncated: true }]),
  ).toHaveLength(2);
});

test('names are counted, and cut', () => {
  const threads = ['a', 'b', 'b', 'c', undefined].map((name, index) => thread(index, [], name));
  expect(threadNames(threads, 2)).toBe('b × 2, a and 1 more');
  expect(threadNames([thread(0, [])], 2)).toBe('');
});
