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
const kReservedStart = /^(module|file|inline|function|at):|^\./;

export function stackText(frames: readonly FramePattern[]): string {
  return frames
    .map(({ words, gapMax }, index) => {
      const text = words.map(wordText).join(' ');
      if (index === 0) return text;
      const gap = gapMax === 0 ? ' > ' : gapMax === Infinity ? ' > ... > ' : ` > ...${gapMax} > `;
      return gap + text;
    })
    .join('');
}

function wordText({ kind, match, text }: FrameWord): string {
  const mark = match === 'contains' ? '~' : match === 'regex' ? '@' : '';
  if (kind === 'name')
    return mark === '' && kBareWord.test(text) && !kReservedStart.test(text) ? text : mark + quote(text);
  return `${kind}:${mark}${quote(text)}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

// undefined: the text is none that the form can show. The server may still understand it, or say what is wrong.
export function parseStackText(text: string): readonly FramePattern[] | undefined {
  if (isPlainPhrase(text))
    return [{ words: [{ kind: 'name', match: 'contains', text: text.slice(1) }], gapMax: 0 }];
  return new StackParser(text).parse();
}

// "~some text" without any other sign of the language: the whole text, blanks too, is looked for.
function isPlainPhrase(text: string): boolean {
  return /^~[^"]+$/.test(text) && !text.includes(' > ') && !/ (?:module|file|inline|function|at):/.test(text);
}

class StackParser {
  private rest: string;

  constructor(text: string) {
    this.rest = text;
  }

  parse(): readonly FramePattern[] | undefined {
    const frames: FramePattern[] = [];
    for (let gapMax: number | undefined = 0; gapMax !== undefined; gapMax = this.takeGap()) {
      const words = this.takeWords();
      if (words === undefined || words.length === 0) return undefined;
      frames.push({ words, gapMax });
      if (this.take(/^>/) === undefined) return this.rest === '' ? frames : undefined;
    }
    return undefined;
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    this.rest = this.rest.trimStart();
    const match = pattern.exec(this.rest);
    if (match === null) return undefined;
    this.rest = this.rest.slice(match[0].length);
    return match;
  }

  // Behind a ">": nothing, or "... >", or "...3 >".
  private takeGap(): number | undefined {
    const dots = this.take(/^(?:\.\.\.|…)(\d{0,6})/);
    if (dots === undefined) return 0;
    if (this.take(/^>/) === undefined) return undefined;
    return dots[1] === '' ? Infinity : Number(dots[1]);
  }

  private takeWords(): readonly FrameWord[] | undefined {
    const words: FrameWord[] = [];
    for (;;) {
      this.rest = this.rest.trimStart();
      if (this.rest === '' || this.rest.startsWith('>')) return words;
      const word = this.takeWord();
      if (word === undefined) return undefined;
      words.push(word);
    }
  }

  // Up to the next blank, or in double quotes, in which a backslash keeps the next character.
  private takeWord(): FrameWord | undefined {
    const match = this.take(
      /^(?:(module|file|inline|function|at):)?([~@]?)(?:"((?:\\.|[^"\\])*)"|([^\s"]\S*))/s,
    );
    if (match === undefined) return undefined;
    const [, prefix, mark, quoted, bare] = match;
    const text = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/gs, '$1');
    if (text === '') return undefined;
    const kind = kKinds.find((one) => one === prefix) ?? 'name';
    return { kind, match: mark === '~' ? 'contains' : mark === '@' ? 'regex' : 'is', text };
  }
}

// Frames that a person has typed into the form so far; those without a word are left out.
export function writtenFrames(frames: readonly FramePattern[]): readonly FramePattern[] {
  return frames
    .map((frame) => ({ ...frame, words: frame.words.filter(({ text }) => text.trim() !== '') }))
    .filter(({ words }) => words.length > 0);
}
