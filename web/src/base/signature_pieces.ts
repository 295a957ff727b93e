// A signature or a C++ name in pieces, for drawing: its end tells crashes apart, so scopes are set back and, where
// there is no room for all of it, the middle is taken away.

// "scope": namespaces and classes; "name": the function, and what belongs to it; "cut": what a short form leaves out.
export type PieceKind = 'scope' | 'name' | 'cut';

export interface Piece {
  readonly kind: PieceKind;
  readonly text: string;
}

// The frames of a signature stand between these.
const kFrameBreak = ' | ';
// Of the room, the share that the beginning gets when the middle is cut.
const kHeadShare = 0.3;
// How far a cut moves to fall between words.
const kCutSlack = 24;

export function signaturePieces(signature: string, lengthMax: number): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const [index, frame] of signature.split(kFrameBreak).entries()) {
    const scopeLength = lengthOfScope(frame);
    const lead = index === 0 ? '' : kFrameBreak;
    pieces.push({ kind: 'scope', text: lead + frame.slice(0, scopeLength) }, { kind: 'name', text: frame.slice(scopeLength) });
  }
  return cutMiddle(pieces.filter((piece) => piece.text !== ''), signature, lengthMax);
}

// The length of "a::(anonymous namespace)::B<c::d>::" in front of the function's own name.
function lengthOfScope(frame: string): number {
  let depth = 0;
  let end = 0;
  for (let at = 0; at < frame.length; at += 1) {
    const letter = frame[at] ?? '';
    // What follows is a name, brackets or not: operator<, operator().
    if (depth === 0 && letter === 'o' && /^operator\b/.test(frame.slice(at, at + 9)) && /^$|[:\s]/.test(frame[at - 1] ?? '')) break;
    if ('<({['.includes(letter)) depth += 1;
    else if ('>)}]'.includes(letter)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && frame.startsWith('::', at) && at + 2 < frame.length) end = at + 2;
  }
  return end;
}

function cutMiddle(pieces: readonly Piece[], text: string, lengthMax: number): readonly Piece[] {
  if (text.length <= lengthMax) return pieces;
  const [from, to] = cutRange(text, lengthMax);
  const result: Piece[] = [];
  let start = 0;
  for (const { kind, text: part } of pieces) {
    const head = part.slice(0, Math.max(0, from - start));
    const tail = part.slice(Math.max(0, to - start));
    if (head !== '') result.push({ kind, text: head });
    if (start <= from && from < start + part.length) result.push({ kind: 'cut', text: text.slice(from, to) });
    if (tail !== '') result.push({ kind, text: tail });
    start += part.length;
  }
  return result;
}

// [first, last) of what is left out.
function cutRange(text: string, lengthMax: number): readonly [number, number] {
  const headMax = Math.floor(lengthMax * kHeadShare);
  const tailMax = lengthMax - headMax;
  const head = /^.*(?:::|[<,(| ])/s.exec(text.slice(0, headMax))?.[0].length ?? 0;
  const ahead = text.slice(-tailMax).search(/::|[<,(| ]/);
  return [
    wholeLetters(text, headMax - head <= kCutSlack ? head : headMax),
    wholeLetters(text, text.length - tailMax + (ahead >= 0 && ahead <= kCutSlack ? ahead : 0)),
  ];
}

// Never between the two halves of a letter that UTF-16 writes as a pair.
function wholeLetters(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at;
}
