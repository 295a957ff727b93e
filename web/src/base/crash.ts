// The crash as pages and widgets see it: read once from the API's answer, with what is absent made explicit.
import type { Address } from './address';
import type { CrashId } from './crash_id';

export type CrashKind = 'report' | 'ping';

// A place in source code; a function inlined at a frame, or the frame's own.
export interface SourcePlace {
  readonly functionName: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

export interface Frame {
  readonly index: number;
  readonly trust: string | undefined;
  readonly address: Address | undefined;
  readonly moduleName: string | undefined;
  readonly moduleOffset: Address | undefined;
  readonly place: SourcePlace;
  // Innermost first: each was inlined into the next, the last into `place`.
  readonly inlines: readonly SourcePlace[];
  readonly missingSymbols: boolean;
  // Its name is of symbols that came after the crash was processed.
  readonly namedLater: boolean;
}

export interface Thread {
  // The position in the dump's list of threads; what people call "thread 3".
  readonly index: number | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly frames: readonly Frame[];
  // The walk stopped at a limit, not at the end of the stack.
  readonly truncated: boolean;
}

// 'came later': after the crash was processed.
export type SymbolState = 'loaded' | 'came later' | 'missing' | 'corrupt' | 'not needed';

export interface Module {
  readonly fileName: string | undefined;
  readonly version: string | undefined;
  readonly debugFile: string | undefined;
  readonly debugId: string | undefined;
  readonly codeId: string | undefined;
  readonly baseAddress: Address | undefined;
  readonly endAddress: Address | undefined;
  readonly symbols: SymbolState;
}

export interface UnloadedModule {
  readonly fileName: string | undefined;
  readonly codeId: string | undefined;
  readonly baseAddress: Address | undefined;
  readonly endAddress: Address | undefined;
}

export interface Counterpart {
  readonly id: CrashId;
  readonly kind: CrashKind;
}

// One thing that was lost while the crash was captured or processed.
export interface Diagnostic {
  readonly stage: string | undefined;
  readonly what: string;
  readonly offset: string | undefined;
}

export interface Crash {
  readonly id: CrashId;
  readonly kind: CrashKind;
  readonly signature: string | undefined;
  readonly protoSignature: string | undefined;
  readonly product: string | undefined;
  readonly version: string | undefined;
  readonly channel: string | undefined;
  readonly build: string | undefined;
  readonly processType: string | undefined;
  readonly osName: string | undefined;
  readonly osVersion: string | undefined;
  readonly cpuArch: string | undefined;
  readonly cpuInfo: string | undefined;
  readonly cpuCount: number | undefined;
  readonly reason: string | undefined;
  readonly address: Address | undefined;
  readonly assertion: string | undefined;
  readonly submitted: Date | undefined;
  readonly processed: Date | undefined;
  readonly dumpHash: string | undefined;
  readonly counterpart: Counterpart | undefined;
  readonly crashingThread: Thread | undefined;
  readonly otherThreads: readonly Thread[];
  readonly registers: readonly (readonly [string, string])[];
  readonly modules: readonly Module[];
  readonly unloadedModules: readonly UnloadedModule[];
  readonly annotations: readonly (readonly [string, string])[];
  readonly diagnostics: readonly Diagnostic[];
  // How many more there were.
  readonly diagnosticsDropped: number;
  readonly notes: readonly string[];
  // Of earlier processings, newest first.
  readonly history: readonly string[];
  // The answer itself: all fields, also those that have no place above.
  readonly document: Readonly<Record<string, unknown>>;
}
