// How a frame was found, and how far to believe it. The names are those of the stackwalker's JSON.

export interface TrustLevel {
  readonly label: string;
  readonly explanation: string;
  // Guessed frames may be left-overs of earlier calls.
  readonly guessed: boolean;
}

const kLevels = new Map<string, TrustLevel>([
  ['context', {
    label: 'context', guessed: false,
    explanation: 'Exact: the processor’s registers at the moment of the crash.',
  }],
  ['prewalked', {
    label: 'prewalked', guessed: false,
    explanation: 'Walked by the client on its own machine; the server only added names.',
  }],
  ['cfi', {
    label: 'cfi', guessed: false,
    explanation: 'Reliable: found by the unwind tables of the module.',
  }],
  ['frame_pointer', {
    label: 'frame ptr', guessed: false,
    explanation: 'Fairly reliable: found by the chain of frame pointers. Code built without them can skip a caller.',
  }],
  ['leaf', {
    label: 'leaf', guessed: false,
    explanation: 'Fairly reliable: the return address of a function that calls nothing, from the link register or the top of the stack.',
  }],
  ['cfi_scan', {
    label: 'cfi scan', guessed: true,
    explanation: 'A guess: the stack was searched for a return address, then unwind tables were used.',
  }],
  ['scan', {
    label: 'scan', guessed: true,
    explanation: 'A guess: the stack was searched for something that looks like a return address. It may be left from an earlier call.',
  }],
  ['none', {
    label: 'unknown', guessed: true,
    explanation: 'Nothing is known about how this frame was found.',
  }],
]);

export function trustLevel(name: string | undefined): TrustLevel {
  const known = kLevels.get(name ?? 'none');
  return known ?? { label: name ?? 'unknown', guessed: true, explanation: 'This page does not know this kind of frame.' };
}
