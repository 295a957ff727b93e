import { expect, test } from 'vitest';
import { readComments } from './comments';

test('a comment has its report, and what lacks one is none', () => {
  const uuid = '0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122';
  const page = readComments({
    hits: [
      { uuid, date: '2026-11-22T10:00:00Z', product: 'A', version: null, user_comments: 'the pen' },
      { uuid, user_comments: '' },
      { uuid: 'x', user_comments: 'lost' },
    ],
    total: 900,
    read: 500,
    cursor: 'c',
  });
  expect(page.comments).toHaveLength(1);
  expect(page.comments[0]).toMatchObject({ id: uuid, product: 'A', version: undefined, text: 'the pen' });
  expect(page).toMatchObject({ read: 500, total: 900, cursor: 'c' });
  expect(readComments({})).toEqual({ comments: [], read: 0, total: 0, cursor: undefined });
});
