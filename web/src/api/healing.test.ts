import { expect, test } from 'vitest';
import { readHealing } from './healing';

test('reads what is done now', () => {
  const healing = readHealing({
    waiting: 3, followed: 2, failed: 1, addresses_named: 40, signatures_changed: 5,
    now: { debug_file: 'libx.so', debug_id: 'A0', is_again: true, progress: { addresses: 9, named: 8, inputs: 7, changed: 6 } },
  });
  expect(healing).toEqual({
    waiting: 3, followed: 2, failed: 1, addressesNamed: 40, signaturesChanged: 5,
    now: { debugFile: 'libx.so', debugId: 'A0', isAgain: true, addresses: 9, named: 8, stacks: 7, changed: 6 },
  });
});

test('bears what is not there', () => {
  expect(readHealing({ now: null })).toEqual({ waiting: 0, followed: 0, failed: 0, addressesNamed: 0, signaturesChanged: 0, now: undefined });
  expect(readHealing({ waiting: 1, now: {} }).now).toMatchObject({ debugFile: 'a symbol file', isAgain: false, addresses: 0 });
});
