import { expect, test } from 'vitest';
import { RecentAnswers } from './recent';

test('the oldest answers are forgotten, never the newest', () => {
  const recent = new RecentAnswers<number>();
  for (let answer = 0; answer < 1000; ++answer) recent.keep(`/${answer}`, answer);
  expect(recent.find('/0')).toBeUndefined();
  expect(recent.find('/999')).toBe(999);
});

test('an answer that comes again is new again', () => {
  const recent = new RecentAnswers<number>();
  recent.keep('/a', 1);
  for (let answer = 0; answer < 1000; ++answer) {
    recent.keep('/a', 2);
    recent.keep(`/${answer}`, answer);
  }
  expect(recent.find('/a')).toBe(2);
});
