import { expect, test } from 'vitest';
import { environmentOf, environmentRows, extensionsOf } from './environment';

const crashOf = (
  document: Readonly<Record<string, unknown>>,
  annotations: Readonly<Record<string, string>> = {},
) => ({ document, annotations: Object.entries(annotations) });

const kEnvironment = {
  system: { memoryMB: 16_000, gfx: { adapters: [{ driver: 'i915' }, { driver: null }] } },
  addons: {
    activeAddons: {
      'paint@x': { name: 'Paint', version: '2.1', isSystem: false, signedState: 2 },
      'odd@x': 7,
      'new@x': { signedState: 99 },
    },
  },
};

test('the environment is a field, or the text of its annotation', () => {
  const text = JSON.stringify(kEnvironment);
  expect(environmentOf(crashOf({ telemetry_environment: kEnvironment }))).toEqual(kEnvironment);
  expect(environmentOf(crashOf({}, { TelemetryEnvironment: text }))).toEqual(kEnvironment);
  for (const broken of ['{', '[1]', '""', '']) {
    expect(environmentOf(crashOf({}, { TelemetryEnvironment: broken }))).toBeUndefined();
  }
  expect(environmentOf(crashOf({}))).toBeUndefined();
});

test('each value has a line with the way to it', () => {
  expect(environmentRows(kEnvironment.system)).toEqual([
    ['memoryMB', '16000'],
    ['gfx.adapters[0].driver', 'i915'],
  ]);
  expect(environmentRows('short')).toEqual([['', 'short']]);
  let deep: unknown = 1;
  for (let i = 0; i < 1000; i += 1) deep = { a: deep };
  expect(environmentRows(deep)).toHaveLength(1);
  expect(environmentRows(Array.from({ length: 9000 }, () => 1))).toHaveLength(5000);
});

test('extensions are those of the environment', () => {
  expect(extensionsOf(crashOf({ telemetry_environment: kEnvironment, addons: ['else@x:1'] }))).toEqual([
    { id: 'paint@x', name: 'Paint', version: '2.1', isSystem: false, signedBy: 'the store' },
    { id: 'odd@x', name: undefined, version: undefined, isSystem: undefined, signedBy: undefined },
    { id: 'new@x', name: undefined, version: undefined, isSystem: undefined, signedBy: 'state 99' },
  ]);
});

test('or those of the annotation, for who does not see the environment', () => {
  const found = extensionsOf(crashOf({ addons: ['paint@x:2.1', 'urn:a:NO_VERSION', 'bare', 5] }));
  expect(found.map(({ id, version }) => [id, version])).toEqual([
    ['paint@x', '2.1'],
    ['urn:a', undefined],
    ['bare', undefined],
    ['5', undefined],
  ]);
  expect(extensionsOf(crashOf({ addons: 'text' }))).toEqual([]);
});
