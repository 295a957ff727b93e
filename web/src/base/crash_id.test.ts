import { expect, test } from 'vitest';
import { dayOfCrashId, parseCrashId, reportPath } from './crash_id';

const kId = '0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122';

test.each([
  kId,
  `bp-${kId}`,
  ` ${kId.toUpperCase()}\n`,
  `http://crash.example/report/index/${kId}`,
  `https://crash.example/report/index/bp-${kId}?x=1#threads`,
])('%j names the crash', (text) => {
  expect(parseCrashId(text)).toBe(kId);
});

test.each([undefined, '', 'bp-', `${kId}0`, `x${kId}`, 'a signature', `/report/index/${kId}00`])(
  '%j names none',
  (text) => {
    expect(parseCrashId(text)).toBeUndefined();
  },
);

test('a crash has a page', () => {
  const id = parseCrashId(kId);
  expect(id && reportPath(id)).toBe(`/report/index/${kId}`);
});

test('the day stands at its end', () => {
  const dayOf = (end: string) => dayOfCrashId(parseCrashId(`0b5e2a10-7c3d-4e5f-8a9b-0c1d2e${end}`)!);
  expect(dayOf('261122')).toBe('2026-11-22');
  expect(dayOf('261399')).toBeUndefined();
  expect(dayOf('260231')).toBeUndefined();
  expect(dayOf('abcdef')).toBeUndefined();
});
