import { afterEach, describe, expect, test, vi } from 'vitest';
import { parseCrashId } from '../base/crash_id';
import { fetchCrash, prepareCrash, readCrash } from './crash';

const kId = parseCrashId('0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122')!;
const kOther = '1b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122';

afterEach(() => vi.unstubAllGlobals());

test('a crash that was asked for ahead is asked for once, and ends with the page that took it', () => {
  const signals: AbortSignal[] = [];
  vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => {
    signals.push(signal);
    return new Promise(() => undefined);
  });
  const page = new AbortController();
  void prepareCrash(kId);
  void fetchCrash(kId, page.signal);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  page.abort();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test('an empty answer is a crash of which nothing is known', () => {
  const crash = readCrash({}, kId);
  expect(crash).toMatchObject({ id: kId, kind: 'report', crashingThread: undefined, otherThreads: [], modules: [], registers: [] });
});

test('null is absent everywhere', () => {
  const nulls = JSON.parse(`{"uuid":null,"kind":null,"signature":null,"counterpart":null,"annotations":null,"processor_notes":null,
    "json_dump":{"crash_info":null,"system_info":null,"crashing_thread":null,"threads":[{"frames":[{"inlines":null,"registers":null,
    "function":null,"line":null,"module":null}],"thread_name":null}, null],"modules":[null,{"filename":null}],"diagnostics":null}}`);
  const crash = readCrash(nulls, kId);
  expect(crash.otherThreads).toHaveLength(1);
  expect(crash.otherThreads[0]?.frames[0]).toMatchObject({ index: 0, moduleName: undefined, inlines: [] });
  expect(crash.modules).toHaveLength(1);
});

test('values that stand in the dump only are found there', () => {
  const crash = readCrash({
    json_dump: {
      signature: 's', crash_info: { type: 'SIGSEGV', address: '0x18', crashing_thread: 1 },
      system_info: { os: 'Linux', os_ver: '6.1', cpu_arch: 'amd64', cpu_count: 4 },
    },
  }, kId);
  expect(crash).toMatchObject({ signature: 's', reason: 'SIGSEGV', address: '0x18', osName: 'Linux', osVersion: '6.1', cpuArch: 'amd64', cpuCount: 4 });
});

describe('the crashing thread', () => {
  const threads = [{ thread_name: 'main', frames: [{ function: 'wait' }] }, { thread_name: 'worker', frames: [{ function: 'boom' }] }];
  test('is taken out of the other threads', () => {
    const crash = readCrash({ crashing_thread: 1, json_dump: { threads } }, kId);
    expect(crash.crashingThread).toMatchObject({ index: 1, name: 'worker' });
    expect(crash.otherThreads.map((thread) => thread.name)).toEqual(['main']);
  });
  test('is read from its own copy, with the registers', () => {
    const crash = readCrash({
      json_dump: { threads, crashing_thread: { threads_index: 1, frames: [{ function: 'boom', registers: { rip: '0x1' } }] } },
    }, kId);
    expect(crash.crashingThread).toMatchObject({ index: 1, name: 'worker' });
    expect(crash.registers).toEqual([['rip', '0x1']]);
  });
  test('may be named and missing', () => {
    const crash = readCrash({ crashing_thread: 7, json_dump: { threads } }, kId);
    expect(crash.crashingThread).toBeUndefined();
    expect(crash.otherThreads).toHaveLength(2);
  });
});

test('the counterpart is the other trail', () => {
  expect(readCrash({ kind: 'report', counterpart: { uuid: kOther, kind: 'ping' } }, kId).counterpart).toEqual({ id: kOther, kind: 'ping' });
  expect(readCrash({ counterpart: { uuid: 'nonsense' } }, kId).counterpart).toBeUndefined();
});

test('modules tell what became of their symbols', () => {
  const modules = [{ loaded_symbols: true }, { missing_symbols: true }, { corrupt_symbols: true, loaded_symbols: true }, {},
    { loaded_symbols: true, named_later: true }];
  expect(readCrash({ json_dump: { modules } }, kId).modules.map((module) => module.symbols))
    .toEqual(['loaded', 'missing', 'corrupt', 'not needed', 'came later']);
});

test('losses are told in words', () => {
  const diagnostics = [{ stage: 'minidump', problem: 'the data ends too early', offset: 12, what: 'MINIDUMP_THREAD' }, {}];
  expect(readCrash({ json_dump: { diagnostics } }, kId).diagnostics).toEqual([
    { stage: 'minidump', what: 'MINIDUMP_THREAD: the data ends too early', offset: '12' },
    { stage: undefined, what: 'something was lost', offset: undefined },
  ]);
});

test('what a ping does not know is 0, and is left out', () => {
  const crash = readCrash({ kind: 'ping', json_dump: { system_info: { cpu_count: 0 }, crashing_thread: { thread_id: 0, threads_index: 0, frames: [{}] } } }, kId);
  expect(crash.cpuCount).toBeUndefined();
  expect(crash.crashingThread).toMatchObject({ index: 0, id: undefined });
});
