import { expect, test } from 'vitest';
import { parseCrashId } from '../base/crash_id';
import { findSetAside } from './reprocessing';

const kId = parseCrashId('0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122')!;

test('a crash that was set aside is found among others, a ping behind its place', () => {
  const others = [{ id: '1b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122', reason: 'x' }, {}];
  expect(findSetAside({ set_aside: others }, kId)).toBeUndefined();
  expect(findSetAside({}, kId)).toBeUndefined();
  expect(findSetAside({ set_aside: [...others, { id: kId, reason: 'broken' }] }, kId)).toEqual({ reason: 'broken' });
  expect(findSetAside({ set_aside: [{ id: `20261122/7/${kId}` }] }, kId)).toEqual({ reason: '' });
});
