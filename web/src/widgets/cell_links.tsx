// Two small links at the cell under the pointer or focus: show only its value, leave its value out. One pair serves the
// whole table. The keys f and e do the same, so that they are no stops of Tab.
import { useEffect, useState } from 'preact/hooks';
import type { RefObject, VNode } from 'preact';

export interface Narrowing {
  // "product Crashy".
  readonly what: string;
  readonly filterHref: string;
  readonly excludeHref: string;
}

export interface CellLinksProps {
  readonly frame: RefObject<HTMLElement | null>;
  // By the key of a row and the name of a column.
  readonly narrowingOf: (key: string, name: string) => Narrowing | undefined;
}

interface Spot {
  readonly top: number;
  readonly right: number;
  readonly narrowing: Narrowing;
}

export function CellLinks({ frame, narrowingOf }: CellLinksProps): VNode | null {
  const [spot, setSpot] = useState<Spot | undefined>(undefined);
  useEffect(() => {
    const outer = frame.current;
    if (outer === null) return undefined;
    const onMove = (event: Event): void => {
      const target = event.target as Element;
      if (target.closest('.cell-links') !== null) return;
      const cell = target.closest<HTMLElement>('td[data-column]');
      const row = cell?.closest<HTMLElement>('tr');
      const narrowing =
        cell && row ? narrowingOf(row.dataset['key'] ?? '', cell.dataset['column'] ?? '') : undefined;
      if (!cell || narrowing === undefined) {
        setSpot(undefined);
        return;
      }
      const box = cell.getBoundingClientRect();
      const base = outer.getBoundingClientRect();
      setSpot({ top: box.top - base.top, right: base.right - box.right, narrowing });
    };
    const onLeave = (): void => setSpot(undefined);
    outer.addEventListener('pointerover', onMove);
    outer.addEventListener('focusin', onMove);
    outer.addEventListener('pointerleave', onLeave);
    outer.addEventListener('focusout', onLeave);
    return () => {
      outer.removeEventListener('pointerover', onMove);
      outer.removeEventListener('focusin', onMove);
      outer.removeEventListener('pointerleave', onLeave);
      outer.removeEventListener('focusout', onLeave);
    };
  });
  if (spot === undefined) return null;
  const { what, filterHref, excludeHref } = spot.narrowing;
  return (
    <div class="cell-links" style={{ top: `${spot.top}px`, right: `${spot.right}px` }}>
      <a href={filterHref} tabIndex={-1} aria-label={`Show only ${what}`} title={`Show only ${what} (f)`}>
        +
      </a>
      <a href={excludeHref} tabIndex={-1} aria-label={`Leave out ${what}`} title={`Leave out ${what} (e)`}>
        −
      </a>
    </div>
  );
}
