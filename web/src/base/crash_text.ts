// The crash as text: what people paste into a bug or a chat.
import { sourceText, expandFrames } from './frame_rows';
import type { Crash } from './crash';
import { formatTime, joinPresent } from './format';
import { trustLevel } from './trust';

// As many frames as people read in a bug; the link leads to the rest.
const kMaxMarkdownRows = 12;
const kMaxTextRows = 200;

function stackLines(crash: Crash, rowsMax: number): readonly string[] {
  const rows = expandFrames(crash.crashingThread?.frames ?? []);
  const lines = rows.slice(0, rowsMax).map((row) => {
    const trust = trustLevel(row.frame.trust);
    const marks = joinPresent([row.inlined ? '(inline)' : undefined, trust.guessed ? `(${trust.label})` : undefined]);
    const number = `#${row.frame.index}`.padEnd(4);
    return joinPresent([number, row.frame.moduleName ?? '?', row.name, sourceText(row.place), marks], '  ').trimEnd();
  });
  if (rows.length > rowsMax) lines.push(`… ${rows.length - rowsMax} more`);
  return lines;
}

function factLines(crash: Crash): readonly (readonly [string, string])[] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Product', joinPresent([crash.product, crash.version, crash.channel])],
    ['Build', crash.build],
    ['OS', joinPresent([crash.osName, crash.osVersion])],
    ['CPU', joinPresent([crash.cpuArch, crash.cpuInfo])],
    ['Reason', joinPresent([crash.reason, crash.assertion], ': ')],
    ['Address', crash.address],
    ['Time', crash.submitted === undefined ? undefined : `${formatTime(crash.submitted)} UTC`],
  ];
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '');
}

export function crashAsText(crash: Crash, url: string): string {
  const thread = joinPresent([crash.crashingThread?.index?.toString(), crash.crashingThread?.name]);
  return [
    `${crash.kind === 'ping' ? 'Crash ping' : 'Crash report'} ${url}`,
    `Signature: ${crash.signature ?? 'none'}`,
    ...factLines(crash).map(([name, value]) => `${name}: ${value}`),
    '',
    `Crashing thread${thread === '' ? '' : ` ${thread}`}:`,
    ...stackLines(crash, kMaxTextRows),
    '',
  ].join('\n');
}

export function crashAsMarkdown(crash: Crash, url: string): string {
  // A fence longer than any run of backticks in the stack cannot be closed by it.
  const stack = stackLines(crash, kMaxMarkdownRows).join('\n');
  const longest = Math.max(2, ...[...stack.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return [
    `${crash.kind === 'ping' ? 'Crash ping' : 'Crash report'}: <${url}>`,
    '',
    `**Signature:** ${markdownCode(crash.signature ?? 'none')}  `,
    ...factLines(crash).map(([name, value]) => `**${name}:** ${markdownCode(value)}  `),
    '',
    'Crashing thread:',
    '',
    fence,
    stack,
    fence,
    '',
  ].join('\n');
}

function markdownCode(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
