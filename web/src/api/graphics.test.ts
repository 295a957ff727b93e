import { expect, test } from 'vitest';
import { adapterText, graphicsPath, readNames } from './graphics';

const kNames = readNames({
  hits: [
    { vendor_hex: '0x10de', vendor_name: 'NVIDIA Corporation' },
    { vendor_hex: '0x10de', vendor_name: 'NVIDIA Corporation', adapter_hex: '0x1c03', adapter_name: 'GP106' },
    { vendor_hex: '0x8086', vendor_name: 'Intel Corporation', adapter_hex: '0x1' },
    { vendor_hex: '0x1' },
  ],
});

test('ids are written behind the names that they have', () => {
  const text = (vendor: string, adapter?: string): string => adapterText({ vendor, adapter }, kNames);
  expect(text('0x10de')).toBe('NVIDIA Corporation (0x10de)');
  expect(text('0x10de', '0x1c03')).toBe('NVIDIA Corporation GP106 (0x10de / 0x1c03)');
  expect(text('0x10de', '0xffff')).toBe('NVIDIA Corporation (0x10de / 0xffff)');
  expect(text('0x8086', '0x1')).toBe('Intel Corporation (0x8086 / 0x1)');
  expect(text('0x1', '0x2')).toBe('0x1 / 0x2');
});

test('pairs are asked for by their places', () => {
  const ids = [
    { vendor: '0x10de', adapter: undefined },
    { vendor: '0x8086', adapter: '0x1' },
  ];
  expect(graphicsPath(ids)).toBe(
    '/api/GraphicsDevices/?vendor_hex=0x10de&adapter_hex=&vendor_hex=0x8086&adapter_hex=0x1',
  );
});
