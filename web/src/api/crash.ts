// One crash: from the API's answer, in which anything may be absent, to the crash that pages show.
import { parseAddress } from '../base/address';
import type {
  Counterpart,
  Crash,
  Diagnostic,
  Frame,
  Module,
  SourcePlace,
  SymbolState,
  Thread,
  UnloadedModule,
} from '../base/crash';
import { parseCrashId, type CrashId } from '../base/crash_id';
import { joinPresent, parseTime } from '../base/format';
import { readCount, readEntries, readList, readText, readTexts } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import { getJson } from './client';
import { crashApiPath } from './crash_path';
import { RecentAnswers } from './recent';
import type { components } from './schema';

type Schemas = components['schemas'];

const recent = new RecentAnswers<Crash>();

export function recentCrash(id: CrashId): Crash | undefined {
  return recent.find(id);
}

interface PreparedCrash {
  readonly id: CrashId;
  readonly answer: Promise<Result<Crash>>;
  readonly abort: () => void;
  settled?: Result<Crash>;
}

let prepared: PreparedCrash | undefined;

// Asks for the crash that the first page will show, so that it can be drawn at once, whole.
export async function prepareCrash(id: CrashId): Promise<void> {
  const controller = new AbortController();
  const asked: PreparedCrash = { id, answer: askCrash(id, controller.signal), abort: () => controller.abort() };
  prepared = asked;
  asked.settled = await asked.answer;
}

// That answer if it came, once.
export function takePreparedCrash(id: CrashId): Result<Crash> | undefined {
  const settled = prepared?.id === id ? prepared.settled : undefined;
  if (settled !== undefined) prepared = undefined;
  return settled;
}

export function fetchCrash(id: CrashId, signal: AbortSignal): Promise<Result<Crash>> {
  const asked = prepared;
  prepared = undefined;
  if (asked?.id !== id) return askCrash(id, signal);
  signal.addEventListener('abort', asked.abort, { once: true });
  return asked.answer;
}

async function askCrash(id: CrashId, signal: AbortSignal): Promise<Result<Crash>> {
  const answer = await getJson<Schemas['ProcessedCrash']>(crashApiPath(id), signal);
  if (!answer.ok) return answer;
  const crash = readCrash(answer.value, id);
  recent.keep(id, crash);
  return succeed(crash);
}

export function readCrash(answer: Schemas['ProcessedCrash'], id: CrashId): Crash {
  const dump = answer.json_dump ?? {};
  const threads = readList(dump.threads).map((thread, index) => readThread(thread, index));
  const crashingIndex =
    readCount(answer.crashing_thread) ??
    readCount(dump.crash_info?.crashing_thread) ??
    readCount(dump.crashing_thread?.threads_index);
  const crashingThread = readCrashingThread(dump, threads, crashingIndex);
  return {
    id: parseCrashId(answer.uuid) ?? id,
    kind: answer.kind === 'ping' ? 'ping' : 'report',
    signature: readText(answer.signature) ?? readText(dump.signature),
    protoSignature: readText(answer.proto_signature) ?? readText(dump.proto_signature),
    product: readText(answer.product),
    version: readText(answer.version),
    channel: readText(answer.release_channel),
    build: readText(answer.build),
    processType: readText(answer.process_type),
    osName: readText(answer.os_name) ?? readText(dump.system_info?.os),
    osVersion: readText(answer.os_version) ?? readText(dump.system_info?.os_ver),
    cpuArch: readText(answer.cpu_arch) ?? readText(dump.system_info?.cpu_arch),
    cpuInfo: readText(dump.system_info?.cpu_info),
    cpuCount: unlessZero(readCount(dump.system_info?.cpu_count)),
    reason: readText(answer.reason) ?? readText(dump.crash_info?.type),
    address: parseAddress(answer.address) ?? parseAddress(dump.crash_info?.address),
    assertion: readText(dump.crash_info?.assertion),
    submitted: parseTime(answer.submitted_timestamp),
    processed: parseTime(answer.date_processed),
    dumpHash: readText(answer.minidump_sha256_hash),
    counterpart: readCounterpart(answer.counterpart),
    crashingThread,
    otherThreads: threads.filter((thread) => thread.index !== crashingThread?.index),
    registers: readEntries(registersOf(dump, crashingIndex)),
    modules: readList(dump.modules).map(readModule),
    unloadedModules: readList(dump['unloaded_modules'] as readonly Schemas['Module'][] | undefined).map(
      readUnloadedModule,
    ),
    annotations: readEntries(answer.annotations),
    diagnostics: readList(dump.diagnostics).map(readDiagnostic),
    diagnosticsDropped: readCount(dump.diagnostics_dropped) ?? 0,
    notes: readTexts(answer.processor_notes),
    history: readTexts(answer.processor_history),
    document: answer,
  };
}

// What a ping does not know is 0 in the dump's JSON: no machine has no processor, no thread of a program the
// id 0.
function unlessZero<T>(value: T): T | undefined {
  return value === 0 ? undefined : value;
}

// The crashing thread stands twice in a dump's JSON; either copy may be the only one that is there.
function readCrashingThread(
  dump: Schemas['StackwalkOutput'],
  threads: readonly Thread[],
  index: number | undefined,
): Thread | undefined {
  const listed = index === undefined ? undefined : threads[index];
  const alone = dump.crashing_thread;
  if (typeof alone !== 'object' || alone === null) return listed;
  const thread = readThread(alone, index);
  return thread.frames.length > 0
    ? { ...thread, name: thread.name ?? listed?.name, id: thread.id ?? listed?.id }
    : (listed ?? thread);
}

function registersOf(dump: Schemas['StackwalkOutput'], index: number | undefined): unknown {
  const alone = readList(dump.crashing_thread?.frames)[0]?.registers;
  const listed =
    index === undefined ? undefined : readList(readList(dump.threads)[index]?.frames)[0]?.registers;
  return alone ?? listed;
}

function readCounterpart(value: Schemas['ProcessedCrash']['counterpart']): Counterpart | undefined {
  const id = parseCrashId(value?.uuid);
  return id === undefined ? undefined : { id, kind: value?.kind === 'ping' ? 'ping' : 'report' };
}

function readThread(thread: Schemas['Thread'], index: number | undefined): Thread {
  return {
    index,
    id: readText(unlessZero(thread.thread_id)),
    name: readText(thread.thread_name),
    frames: readList(thread.frames).map(readFrame),
    truncated: thread.truncated === true,
  };
}

function readFrame(frame: Schemas['Frame'], position: number): Frame {
  return {
    index: readCount(frame.frame) ?? position,
    trust: readText(frame.trust),
    address: parseAddress(frame.offset),
    moduleName: readText(frame.module),
    moduleOffset: parseAddress(frame.module_offset),
    place: readPlace(frame),
    inlines: readList(frame.inlines).map(readPlace),
    missingSymbols: frame.missing_symbols === true,
    namedLater: frame.named_later === true,
  };
}

function readPlace(place: Schemas['Inline']): SourcePlace {
  return { functionName: readText(place.function), file: readText(place.file), line: readCount(place.line) };
}

function readModule(module: Schemas['Module']): Module {
  return {
    fileName: readText(module.filename),
    version: readText(module.version),
    debugFile: readText(module.debug_file),
    debugId: readText(module.debug_id),
    codeId: readText(module.code_id),
    baseAddress: parseAddress(module.base_addr),
    endAddress: parseAddress(module.end_addr),
    symbols: symbolState(module),
  };
}

function readUnloadedModule(module: Schemas['Module']): UnloadedModule {
  return {
    fileName: readText(module.filename),
    codeId: readText(module.code_id),
    baseAddress: parseAddress(module.base_addr),
    endAddress: parseAddress(module.end_addr),
  };
}

function symbolState(module: Schemas['Module']): SymbolState {
  if (module['corrupt_symbols'] === true) return 'corrupt';
  if (module.named_later === true) return 'came later';
  if (module.loaded_symbols === true) return 'loaded';
  return module.missing_symbols === true ? 'missing' : 'not needed';
}

function readDiagnostic(diagnostic: Schemas['Diagnostic']): Diagnostic {
  const parts = joinPresent([readText(diagnostic.what), readText(diagnostic.problem)], ': ');
  return {
    stage: readText(diagnostic.stage),
    what: parts === '' ? 'something was lost' : parts,
    offset: readText(diagnostic.offset),
  };
}
