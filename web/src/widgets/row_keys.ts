// Keys that move from row to row: arrows, j and k, Page Up and Down, Home, End.
//
// One row of a table is in the tab order at a time, so that Tab leaves a table after one stop and the row's links.

const kSteps = new Map<string, number>([
  ['ArrowDown', 1], ['j', 1], ['ArrowUp', -1], ['k', -1], ['PageDown', 10], ['PageUp', -10],
  ['Home', -Infinity], ['End', Infinity],
]);

// The index of the row that holds the event's target, or -1.
export function rowIndexOf(event: Event): number {
  const line = (event.target as HTMLElement).closest('tr');
  return line === null ? -1 : [...(event.currentTarget as HTMLElement).children].indexOf(line);
}

// For onKeyDown of a <tbody> whose children are focusable rows. Tells whether it used the key.
export function moveByKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const step = kSteps.get(event.key);
  const index = rowIndexOf(event);
  if (step === undefined || index < 0) return false;
  event.preventDefault();
  const rows = (event.currentTarget as HTMLElement).children;
  const next = rows[Math.max(0, Math.min(rows.length - 1, index + step))];
  if (next instanceof HTMLElement) next.focus();
  return true;
}
