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
}

// "libfoo.so + 0x1f20", "0x00007f3c10" or "unknown address": the name of a frame whose function is not known.
function unnamed(frame: Frame): string {
  if (frame.moduleName !== undefined && frame.moduleOffset !== undefined) {
    return `${frame.moduleName} + ${shortAddress(frame.moduleOffset)}`;
  }
  return frame.address ?? frame.moduleName ?? 'unknown address';
}

function rowOf(frame: Frame, place: SourcePlace, inlineIndex: number | undefined): FrameRow {
  return {
    key: inlineIndex === undefined ? `${frame.index}` : `${frame.index}.${inlineIndex}`,
    frame,
    inlined: inlineIndex !== undefined,
    name: place.functionName ?? (inlineIndex === undefined ? unnamed(frame) : 'unknown inlined function'),
    named: place.functionName !== undefined,
    place,
  };
}

export function expandFrames(frames: readonly Frame[]): readonly FrameRow[] {
  return frames.flatMap((frame) => [
    ...frame.inlines.map((place, index) => rowOf(frame, place, index)),
    rowOf(frame, frame.place, undefined),
  ]);
}

// "engine/shape.cc:42"; empty when the place is not known.
export function sourceText(place: SourcePlace): string {
  if (place.file === undefined) return '';
  const path = shortSourcePath(place.file);
  return place.line === undefined ? path : `${path}:${place.line}`;
}
