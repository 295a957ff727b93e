// A table as text: CSV for a spreadsheet, Markdown for a bug or a chat.

export type CellValue = string | number | undefined;

export interface TextTable {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly CellValue[])[];
}

export function asCsv({ titles, rows }: TextTable): string {
  return [titles, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

// A spreadsheet takes text that begins so for a formula, and who sends a crash chooses its text.
const kFormulaStart = /^[=+\-@\t\r]/;

function csvCell(value: CellValue): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = kFormulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function asMarkdown({ titles, rows }: TextTable): string {
  const isNumber = titles.map(
    (_, index) => rows.length > 0 && rows.every((row) => typeof (row[index] ?? 0) === 'number'),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [
    line(titles.map(markdownCell)),
    line(isNumber.map((right) => (right ? '--:' : '---'))),
    ...rows.map((row) => line(row.map(markdownCell))),
  ].join('');
}

// Text stays in its cell, and nothing in it becomes a link, a mark-up or a tag.
function markdownCell(value: CellValue): string {
  if (value === undefined) return '';
  return String(value)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>|~@]/g, '\\$&');
}
