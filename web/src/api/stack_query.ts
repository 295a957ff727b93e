// The value of the `stack` parameter as a list of frames: read from the innermost frame outwards, each frame a list of
// words that must all hold, with what may stand between two frames.
//
//   RenderFrame > ... > module:"libxul.so" file:~"layout" > ...3 > @"main|wmain"

export type WordKind = 'name' | 'module' | 'file' | 'inline' | 'at';
export type WordMatch = 'is' | 'contains' | 'regex';

export interface FrameWord {
  readonly kind: WordKind;
  readonly match: WordMatch;
  readonly text: string;
}

export interface FramePattern {
  readonly words: readonly FrameWord[];
  // The most frames between the one before and this: 0 is a direct call, Infinity any number. Of the first it means nothing.
  readonly gapMax: number;
}

const kKinds: readonly WordKind[] = ['name', 'module', 'file', 'inline', 'at'];

// What needs no quotes. Signs of the grammar, blanks and quotes do.
const kBareWord = /^[\w:*?.$-]+$/;
const kReservedStart = /^(module|file|inline|at):/;

export function stackText(frames: readonly FramePattern[]): string {
  return frames.map(({ words, gapMax }, index) => {
    const text = words.map(wordText).join(' ');
    if (index === 0) return text;
    const gap = gapMax === 0 ? ' > ' : gapMax === Infinity ? ' > ... > ' : ` > ...${gapMax} > `;
    return gap + text;
  }).join('');
}

function wordText({ kind, match, text }: FrameWord): string {
  const mark = match === 'contains' ? '~' : match === 'regex' ? '@' : '';
  if (kind === 'name') return mark === '' && kBareWord.test(text) && !kReservedStart.test(text) && !text.startsWith('.') ? text : mark + quote(text);
  return `${kind}:${mark}${quote(text)}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

// undefined: the text is none that the form can show. The server may still understand it, or say what is wrong.
export function parseStackText(text: string): readonly FramePattern[] | undefined {
  const plain = /^~([^">]+)$/.exec(text.trim())?.[1];
  if (plain !== undefined) return [{ words: [{ kind: 'name', match: 'contains', text: plain.trim() }], gapMax: 0 }];
  const tokens = splitTokens(text);
  if (tokens === undefined) return undefined;
  const frames: FramePattern[] = [];
  let words: FrameWord[] = [];
  let gapMax = 0;
  for (const token of [...tokens, '>']) {
    const gap = gapOf(token);
    if (token === '>') {
      // An arrow ends a frame, except behind a gap.
      if (words.length > 0) {
        frames.push({ words, gapMax: frames.length === 0 ? 0 : gapMax });
        gapMax = 0;
        words = [];
      } else if (gapMax === 0) return undefined;
    } else if (gap !== undefined && words.length === 0 && frames.length > 0) {
      gapMax = gap;
    } else {
      const word = parseWord(token);
      if (word === undefined) return undefined;
      words.push(word);
    }
  }
  return gapMax === 0 ? frames : undefined;
}

function gapOf(token: string): number | undefined {
  const count = /^(?:\.\.\.|…)(\d{0,4})$/.exec(token)?.[1];
  return count === undefined ? undefined : count === '' ? Infinity : Number(count);
}

const kToken = /\s*(>|(?:(?:module|file|inline|at):)?[~@]?"(?:\\.|[^"\\])*"|[^\s">]+)/gsy;

function splitTokens(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  kToken.lastIndex = 0;
  let end = 0;
  for (let match = kToken.exec(text); match !== null; match = kToken.exec(text)) {
    tokens.push(match[1] ?? '');
    end = kToken.lastIndex;
  }
  return text.slice(end).trim() === '' ? tokens : undefined;
}

function parseWord(token: string): FrameWord | undefined {
  const match = /^(?:(module|file|inline|at):)?([~@]?)(?:"((?:\\.|[^"\\])*)"|([^"]*))$/s.exec(token);
  if (match === null) return undefined;
  const [, kindText, mark, quoted, bare] = match;
  const text = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/gs, '$1');
  if (text === '') return undefined;
  const kind = kKinds.find((one) => one === kindText) ?? 'name';
  return { kind, match: mark === '~' ? 'contains' : mark === '@' ? 'regex' : 'is', text };
}

// Frames that a person has typed into the form so far; those without a word are left out.
export function writtenFrames(frames: readonly FramePattern[]): readonly FramePattern[] {
  return frames
    .map((frame) => ({ ...frame, words: frame.words.filter(({ text }) => text.trim() !== '') }))
    .filter(({ words }) => words.length > 0);
}
