import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { afterPaint } from './use_painted';

let frames: (() => void)[] = [];

// The browser begins a frame.
function beginFrame(): void {
  const due = frames;
  frames = [];
  for (const act of due) act();
}

beforeEach(() => {
  frames = [];
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => frames.push(act));
  vi.stubGlobal('cancelAnimationFrame', () => {
    frames = [];
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('what waits for the first content begins behind the frame that shows it, once', () => {
  const act = vi.fn();
  afterPaint(act);
  beginFrame();
  beginFrame();
  expect(act).not.toHaveBeenCalled();
  beginFrame();
  vi.runAllTimers();
  expect(act).toHaveBeenCalledTimes(1);
});

test('where nobody looks and nothing is drawn, it begins nevertheless', () => {
  const act = vi.fn();
  afterPaint(act);
  vi.runAllTimers();
  expect(act).toHaveBeenCalledTimes(1);
});

test('it is called off', () => {
  const act = vi.fn();
  afterPaint(act)();
  beginFrame();
  vi.runAllTimers();
  expect(act).not.toHaveBeenCalled();
});
