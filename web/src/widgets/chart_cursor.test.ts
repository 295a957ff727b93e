import { expect, test } from 'vitest';
import { cursorWords, moveCursor } from './chart_cursor';

const kThree = { count: 3, isRange: false };

test('the arrows move from bucket to bucket and stop at the ends', () => {
  expect(moveCursor({ at: 1, from: 1 }, 'ArrowRight', kThree)).toEqual({ at: 2, from: 2 });
  expect(moveCursor({ at: 2, from: 2 }, 'ArrowRight', kThree)).toEqual({ at: 2, from: 2 });
  expect(moveCursor({ at: 2, from: 2 }, 'Home', kThree)).toEqual({ at: 0, from: 0 });
  expect(moveCursor({ at: 0, from: 0 }, 'End', { count: 3, isRange: true })).toEqual({ at: 2, from: 0 });
  expect(moveCursor({ at: 0, from: 0 }, 'j', kThree)).toBeUndefined();
  expect(moveCursor({ at: 0, from: 0 }, 'End', { count: 0, isRange: false })).toBeUndefined();
});

test('the numbers are said, of a range their sums', () => {
  const day = (index: number) => `day ${index}`;
  const crashes = { label: 'Crashes', values: [1, undefined, 1200] };
  expect(cursorWords({ at: 1, from: 1 }, day, [crashes])).toBe('day 1: unknown');
  expect(cursorWords({ at: 0, from: 2 }, day, [crashes])).toBe('day 0 to day 2: 1,201');
  expect(cursorWords({ at: 0, from: 0 }, day, [crashes, { label: 'Pings', values: [7] }])).toBe(
    'day 0: Crashes 1, Pings 7',
  );
});
