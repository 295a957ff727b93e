// The order of a crash's modules, as the URL holds it: "name", "-base".
import { addressValue, type Address } from './address';
import type { Module } from './crash';

export type ModuleKey = 'name' | 'version' | 'symbols' | 'base';

export interface ModuleOrder {
  // undefined: that of the dump.
  readonly key: ModuleKey | undefined;
  readonly descending: boolean;
}

const kKeys: readonly ModuleKey[] = ['name', 'version', 'symbols', 'base'];
const kUnordered: ModuleOrder = { key: undefined, descending: false };
// Those that want something done come first.
const kSymbolRanks = new Map(
  ['corrupt', 'missing', 'came later', 'loaded', 'not needed'].map((state, rank) => [state, rank]),
);

export function parseModuleOrder(text: string | null): ModuleOrder {
  const descending = text?.startsWith('-') === true;
  const key = kKeys.find((candidate) => candidate === (descending ? text?.slice(1) : text));
  return key === undefined ? kUnordered : { key, descending };
}

export function moduleOrderText({ key, descending }: ModuleOrder): string {
  return key === undefined ? '' : `${descending ? '-' : ''}${key}`;
}

export function orderModules(
  modules: readonly Module[],
  { key, descending }: ModuleOrder,
): readonly Module[] {
  if (key === undefined) return modules;
  const sorted = [...modules].sort(kCompare[key]);
  return descending ? sorted.reverse() : sorted;
}

const kCompare: Record<ModuleKey, (one: Module, other: Module) => number> = {
  name: (one, other) => nameOf(one).localeCompare(nameOf(other), 'en', { sensitivity: 'base' }),
  version: (one, other) => (one.version ?? '').localeCompare(other.version ?? '', 'en', { numeric: true }),
  symbols: (one, other) => (kSymbolRanks.get(one.symbols) ?? 0) - (kSymbolRanks.get(other.symbols) ?? 0),
  base: (one, other) => compareAddresses(one.baseAddress, other.baseAddress),
};

function nameOf(module: Module): string {
  return module.fileName ?? module.debugFile ?? '';
}

function compareAddresses(one: Address | undefined, other: Address | undefined): number {
  const difference =
    (one === undefined ? 0n : addressValue(one)) - (other === undefined ? 0n : addressValue(other));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
