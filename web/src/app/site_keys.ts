// Keys that work on every page, wherever the focus is. Those of a table are in widgets/data_table.tsx.
import { useEffect, useRef } from 'preact/hooks';
import { isPlainKey, isTyping } from '../base/typing';

// Of the first table that can be seen: those of charts are folded away at first.
function focusFirstRow(): boolean {
  const rows = document.querySelectorAll<HTMLElement>(
    'main tbody tr[tabindex="0"], main [role=tree] [tabindex="0"]',
  );
  const row = [...rows].find((candidate) => candidate.closest('details:not([open])') === null);
  row?.focus();
  return row !== undefined;
}

function showThreads(): boolean {
  const goal = document.querySelector<HTMLElement>('main [data-shortcut="t"], main details.thread > summary');
  if (goal === null) return false;
  goal.scrollIntoView({ block: 'center' });
  goal.focus();
  if (goal.dataset['shortcut'] === 't') goal.click();
  return true;
}

// An open menu closes by Escape, and the focus returns to what opened it.
function closeMenu(target: EventTarget | null): boolean {
  const menu = target instanceof Element ? target.closest<HTMLDetailsElement>('details.drop[open]') : null;
  if (menu === null) return false;
  menu.open = false;
  menu.querySelector('summary')?.focus();
  return true;
}

export function useSiteKeys(onHelp: () => void): void {
  const latest = useRef(onHelp);
  latest.current = onHelp;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!isPlainKey(event)) return;
      const isDone =
        event.key === 'Escape'
          ? closeMenu(event.target)
          : !isTyping(event.target) && actOn(event.key, latest.current);
      if (isDone) event.preventDefault();
    };
    const onClick = (event: MouseEvent): void => closeOtherMenus(event.target);
    document.addEventListener('keydown', onKey);
    document.addEventListener('click', onClick);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('click', onClick);
    };
  }, []);
}

function closeOtherMenus(target: EventTarget | null): void {
  const own = target instanceof Element ? target.closest('details.drop') : null;
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details.drop[open]')) {
    if (menu !== own) menu.open = false;
  }
}

function actOn(key: string, onHelp: () => void): boolean {
  if (document.querySelector('dialog[open]') !== null) return false;
  if (key === '?') {
    onHelp();
    return true;
  }
  if (key === 'j' || key === 'k') return focusFirstRow();
  return key === 't' && showThreads();
}
