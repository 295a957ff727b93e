import { expect, test } from 'vitest';
import { isPassing, problemWords } from './problem';

test('what may pass by itself is tried again, what cannot is not', () => {
  expect((['offline', 'pending', 'server', 'busy'] as const).every(isPassing)).toBe(true);
  expect((['not-found', 'signed-out', 'forbidden', 'bad-request', 'bad-answer', 'no-service'] as const).some(isPassing)).toBe(false);
});

test('who is refused is told what would help', () => {
  expect(problemWords('forbidden').advice).toContain('Sign in');
});
