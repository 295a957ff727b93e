// Keys that move from row to row: arrows, j and k, Page Up and Down, Home, End; and with the arrows to the sides from cell
// to cell.
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
  const index = rowIndexOf(event);
  if (index < 0) return false;
  if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') return moveAcross(event);
  const step = kSteps.get(event.key);
  if (step === undefined) return false;
  event.preventDefault();
  const rows = (event.currentTarget as HTMLElement).children;
  const next = rows[Math.max(0, Math.min(rows.length - 1, index + step))];
  // From a cell to the one below it.
  const column = cellIndexOf(event.target as Element);
  const goal = column < 0 ? next : next?.children[column];
  if (goal instanceof HTMLElement) focusOn(goal);
  return true;
}

function cellIndexOf(target: Element): number {
  return target.tagName === 'TD' ? [...(target.parentElement?.children ?? [])].indexOf(target) : -1;
}

function moveAcross(event: KeyboardEvent): boolean {
  const target = event.target as Element;
  const row = target.closest('tr');
  // In a text the arrows move in the text.
  if (row === null || target.closest('input, select, textarea') !== null) return false;
  const cell = target.closest('td');
  const at = cell === null ? -1 : [...row.children].indexOf(cell);
  const goal = at + (event.key === 'ArrowRight' ? 1 : -1);
  if (goal < -1 || goal >= row.children.length) return false;
  event.preventDefault();
  const element = goal < 0 ? row : row.children[goal];
  if (element instanceof HTMLElement) focusOn(element);
  return true;
}

// Cells are no stops of Tab: they can be focused from when they are until they are left.
function focusOn(element: HTMLElement): void {
  if (element.tagName === 'TD') {
    element.tabIndex = -1;
    element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true });
  }
  element.focus();
}
