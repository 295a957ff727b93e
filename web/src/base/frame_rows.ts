// From frames to the rows of a stack: every inlined function is a row of its own, above the function that holds it.
import { shortAddress } from './address';
import type { Frame, SourcePlace } from './crash';
import { shortSourcePath } from './format';

export interface FrameRow {
  readonly key: string;
  readonly frame: Frame;
  readonly inlined: boolean;
  // What names the row best: the function, else a place in a module, else an address.
  readonly name: string;
  // Whether `name` is a function's.
  readonly named: boolean;
  readonly place: SourcePlace;
  // Of a language's standard library: seldom where the fault is.
  readonly library: boolean;
}

// "libfoo.so + 0x1f20", "0x00007f3c10" or "unknown address": the name of a frame whose function is not known.
function unnamed(frame: Frame): string {
  if (frame.moduleName !== undefined && frame.moduleOffset !== undefined) {
    return `${frame.moduleName} + ${shortAddress(frame.moduleOffset)}`;
  }
  return frame.address ?? frame.moduleName ?? 'unknown address';
}

function rowOf(frame: Frame, position: number, place: SourcePlace, inlineIndex: number | undefined): FrameRow {
  return {
    // The frame's own number is the server's, and may be there twice.
    key: inlineIndex === undefined ? `${position}` : `${position}.${inlineIndex}`,
    frame,
    inlined: inlineIndex !== undefined,
    name: place.functionName ?? (inlineIndex === undefined ? unnamed(frame) : 'unknown inlined function'),
    named: place.functionName !== undefined,
    place,
    library: isStandardLibrary(place),
  };
}

// Symbol files say where a function was written; a name alone may be that of a specialisation in a program.
const kLibraryFile = /[\\/](?:include[\\/]c\+\+|c\+\+[\\/]v1|libstdc\+\+-v3|libcxx|rustc[\\/][0-9a-f]{40}|library[\\/](?:core|alloc|std))[\\/]/;
const kLibraryName = /^(?:std|__gnu_cxx|__cxxabiv1|core|alloc)::/;

function isStandardLibrary({ functionName, file }: SourcePlace): boolean {
  return kLibraryFile.test(file ?? '') || kLibraryName.test(functionName ?? '');
}

export function expandFrames(frames: readonly Frame[]): readonly FrameRow[] {
  return frames.flatMap((frame, position) => [
    ...frame.inlines.map((place, index) => rowOf(frame, position, place, index)),
    rowOf(frame, position, frame.place, undefined),
  ]);
}

// "engine/shape.cc:42"; empty when the place is not known.
export function sourceText(place: SourcePlace): string {
  if (place.file === undefined) return '';
  const path = shortSourcePath(place.file);
  return place.line === undefined ? path : `${path}:${place.line}`;
}
