import { expect, test } from 'vitest';
import { parseAddress } from './address';
import type { Module, SymbolState } from './crash';
import { moduleOrderText, orderModules, parseModuleOrder } from './module_order';

function module(fileName: string, version: string | undefined, symbols: SymbolState, base: string): Module {
  return {
    fileName,
    version,
    debugFile: undefined,
    debugId: undefined,
    codeId: undefined,
    baseAddress: parseAddress(base),
    endAddress: undefined,
    symbols,
  };
}

const kModules = [
  module('b.so', '10.2', 'loaded', '0xff00000000000000'),
  module('A.so', '9.1', 'missing', '0x2000'),
  module('c.so', undefined, 'not needed', '0x3000'),
];
const namesBy = (text: string | null): readonly (string | undefined)[] =>
  orderModules(kModules, parseModuleOrder(text)).map(({ fileName }) => fileName);

test('every order, both ways', () => {
  expect(namesBy(null)).toEqual(['b.so', 'A.so', 'c.so']);
  expect(namesBy('nonsense')).toEqual(['b.so', 'A.so', 'c.so']);
  expect(namesBy('name')).toEqual(['A.so', 'b.so', 'c.so']);
  expect(namesBy('-name')).toEqual(['c.so', 'b.so', 'A.so']);
  expect(namesBy('-version')).toEqual(['b.so', 'A.so', 'c.so']);
  expect(namesBy('symbols')).toEqual(['A.so', 'b.so', 'c.so']);
  expect(namesBy('base')).toEqual(['A.so', 'c.so', 'b.so']);
});

test('an order is read back as it was written', () => {
  for (const text of ['', 'name', '-base']) expect(moduleOrderText(parseModuleOrder(text))).toBe(text);
});
