import { expect, test } from 'vitest';
import { trustLevel } from './trust';

test('scanned frames are guesses, walked ones are not', () => {
  expect(['scan', 'cfi_scan', 'none'].map((name) => trustLevel(name).guessed)).toEqual([true, true, true]);
  expect(['context', 'cfi', 'leaf', 'frame_pointer', 'prewalked'].some((name) => trustLevel(name).guessed)).toBe(false);
});

test('an unknown or absent trust is not believed', () => {
  expect(trustLevel('magic')).toMatchObject({ label: 'magic', guessed: true });
  expect(trustLevel(undefined).guessed).toBe(true);
});
