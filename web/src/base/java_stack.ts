// A Java exception, in one form of the three in which clients send it: Sentry's ("exception" holds "values"),
// Glean's ("throwables", its names in one of two spellings), and the text that printStackTrace() writes.
import { joinPresent } from './format';
import { readCount, readList, readText } from './json_read';

export interface JavaFrame {
  // "org.example.Engine.run"
  readonly method: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

export interface JavaException {
  readonly type: string;
  // Who may not see what a person did sees none.
  readonly message: string | undefined;
  readonly frames: readonly JavaFrame[];
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

// The outermost first, each caused by the next. Both what is JSON text and what was parsed is taken.
export function readJavaExceptions(value: unknown): readonly JavaException[] {
  const root = membersOf(typeof value === 'string' ? parse(value) : value);
  const values = readList(membersOf(root['exception'])['values'] as readonly Members[] | undefined);
  const throwables = readList(root['throwables'] as readonly Members[] | undefined);
  return [...values.map(readSentry), ...throwables.map(readGlean)];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readSentry(value: Members): JavaException {
  const frames = readList(membersOf(value['stacktrace'])['frames'] as readonly Members[] | undefined);
  return {
    type: joinPresent([readText(value['module']), readText(value['type'])], '.') || 'an exception',
    message: readText(value['value']),
    frames: frames.map((frame) => ({
      method: joinPresent([readText(frame['module']), readText(frame['function'])], '.') || 'unknown method',
      file: readText(frame['filename']),
      line: readCount(frame['lineno']),
    })),
  };
}

function readGlean(value: Members): JavaException {
  const stack = readList(value['stack'] as readonly Members[] | undefined);
  return {
    type: readText(value['type_name']) ?? readText(value['typeName']) ?? 'an exception',
    message: readText(value['message']),
    frames: stack.map((frame) => ({
      method:
        joinPresent(
          [
            readText(frame['class_name']) ?? readText(frame['className']),
            readText(frame['method_name']) ?? readText(frame['methodName']),
          ],
          '.',
        ) || 'unknown method',
      file: readText(frame['file']),
      line: readCount(frame['line']),
    })),
  };
}
