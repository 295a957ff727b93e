import { expect, test } from 'vitest';
import type { Crash, Frame, SourcePlace } from './crash';
import { parseAddress } from './address';
import { parseCrashId } from './crash_id';
import { crashAsMarkdown, crashAsText } from './crash_text';

const kId = parseCrashId('0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122')!;
const kUrl = `http://crash.example/report/index/${kId}`;

const kUnknown: Crash = {
  id: kId, kind: 'report', signature: undefined, protoSignature: undefined, product: undefined, version: undefined,
  channel: undefined, build: undefined, processType: undefined, osName: undefined, osVersion: undefined, cpuArch: undefined,
  cpuInfo: undefined, cpuCount: undefined, reason: undefined, address: undefined, assertion: undefined, submitted: undefined,
  processed: undefined, dumpHash: undefined, counterpart: undefined, crashingThread: undefined, otherThreads: [],
  registers: [], modules: [], unloadedModules: [], history: [], document: {}, annotations: [], diagnostics: [], diagnosticsDropped: 0, notes: [],
};

function place(functionName?: string, file?: string, line?: number): SourcePlace {
  return { functionName, file, line };
}

function frame(members: Partial<Frame>): Frame {
  return {
    index: 0, trust: 'cfi', address: undefined, moduleName: 'crashy', moduleOffset: undefined, place: place(), inlines: [],
    missingSymbols: false, namedLater: false, ...members,
  };
}

function crashWith(frames: readonly Frame[]): Crash {
  return {
    ...kUnknown, signature: 'crashy::Paint', product: 'Crashy', version: '1.0', reason: 'SIGSEGV / SEGV_MAPERR',
    address: parseAddress('0x18'), crashingThread: { index: undefined, id: undefined, name: 'main', frames, truncated: false },
  };
}

test('the text holds facts and stack, guesses marked', () => {
  const text = crashAsText(crashWith([
    frame({ trust: 'context', place: place('crashy::Paint', 'paint.cc', 4), inlines: [place('At')] }),
    frame({ index: 1, moduleName: 'libc.so.6', moduleOffset: parseAddress('0x10'), trust: 'scan' }),
  ]), kUrl);
  expect(text).toContain(`Crash report ${kUrl}\nSignature: crashy::Paint\nProduct: Crashy 1.0\n`);
  expect(text).toContain('Reason: SIGSEGV / SEGV_MAPERR\nAddress: 0x18\n');
  expect(text).toContain([
    'Crashing thread main:',
    '#0    crashy  At  (inline)',
    '#0    crashy  crashy::Paint  paint.cc:4',
    '#1    libc.so.6  libc.so.6 + 0x10  (scan)',
  ].join('\n'));
});

test('Markdown keeps the first frames and says how many it left out', () => {
  const frames = Array.from({ length: 40 }, (_, index) => frame({ index, place: place(`f${index}`) }));
  const markdown = crashAsMarkdown(crashWith(frames), kUrl);
  expect(markdown).toContain('#11   crashy  f11\n… 28 more\n```');
  expect(markdown).not.toContain('f12');
});

test('backticks in a name do not end the block', () => {
  const markdown = crashAsMarkdown(crashWith([frame({ place: place('evil```name') })]), kUrl);
  expect(markdown).toContain('\n````\n');
});

test('a crash of which nothing is known has a text', () => {
  expect(crashAsText(kUnknown, kUrl)).toContain('Signature: none');
});

test('values in Markdown stay in their line and in their code', () => {
  const markdown = crashAsMarkdown({ ...crashWith([]), reason: 'one\n# two', product: '`` odd' }, kUrl);
  expect(markdown).toContain('**Reason:** `one # two`');
  expect(markdown).toContain('**Product:** ``` `` odd 1.0 ```');
});
