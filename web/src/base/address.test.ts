import { describe, expect, test } from 'vitest';
import { addressValue, parseAddress, shortAddress } from './address';

describe('addresses', () => {
  test('keep all 64 bits', () => {
    const address = parseAddress('0xFFFFFFFFFFFFFFFE');
    expect(address).toBe('0xfffffffffffffffe');
    expect(address && addressValue(address)).toBe(0xfffffffffffffffen);
  });
  test('keep the width that tells 32 from 64 bits', () => {
    expect(parseAddress('0x00000018')).toBe('0x00000018');
    expect(parseAddress('0000000000000018')).toBe('0x0000000000000018');
  });
  test('are shortened as offsets', () => {
    const offset = parseAddress('0x0000000000001a20');
    expect(offset && shortAddress(offset)).toBe('0x1a20');
  });
  test.each([undefined, null, 24, '', '0x', 'main', '0x11112222333344445', '-0x1'])('%j is none', (value) => {
    expect(parseAddress(value)).toBeUndefined();
  });
});
