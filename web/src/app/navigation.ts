// Navigation over the History API. Links are plain <a href>: one listener keeps those of this site inside the page.
//
// Each entry of the history remembers how far it was scrolled and which row had the focus, and gets both back.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PageProps } from '../base/page';
import { withoutOrders } from '../base/table_orders';

export interface Place {
  readonly path: string;
  readonly search: string;
}

interface Memory {
  readonly scrollY: number;
  readonly focusKey: string | undefined;
}

export function currentPlace(): Place {
  return { path: location.pathname, search: location.search };
}

// A table row names itself by data-key.
function rememberView(): void {
  const row = document.activeElement?.closest<HTMLElement>('[data-key]');
  const memory: Memory = { scrollY: window.scrollY, focusKey: row?.dataset['key'] };
  history.replaceState(memory, '');
}

function recallView(memory: Partial<Memory>): void {
  if (typeof memory.focusKey === 'string') {
    document.querySelector<HTMLElement>(`[data-key="${CSS.escape(memory.focusKey)}"]`)?.focus({ preventScroll: true });
  }
  window.scrollTo(0, memory.scrollY ?? 0);
}

// A link that this page can follow by itself: of this site, of no file or API, in the same tab.
function innerLink(event: MouseEvent): URL | undefined {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return undefined;
  const link = (event.target as Element).closest?.('a');
  if (!link || link.href === '' || link.target !== '' || link.hasAttribute('download')) return undefined;
  const url = new URL(link.href);
  const hashOnly = url.hash !== '' && url.pathname === location.pathname && url.search === location.search;
  return url.origin === location.origin && !url.pathname.startsWith('/api/') && !hashOnly ? url : undefined;
}

export interface Navigation extends Pick<PageProps, 'navigate' | 'redirect'> {
  readonly place: Place;
}

export function useNavigation(): Navigation {
  const [place, setPlace] = useState(currentPlace);
  // How the view is to be after the next drawing; undefined: as it is.
  const arrival = useRef<'new' | Partial<Memory> | undefined>(undefined);

  const navigate = useCallback((path: string) => {
    rememberView();
    const goal = new URL(path, location.href);
    const samePage = goal.pathname === location.pathname;
    // Another order of a table changes nothing else of the page.
    const staysInSight = samePage && withoutOrders(goal.search) === withoutOrders(location.search);
    history.pushState({}, '', path);
    arrival.current = samePage ? undefined : 'new';
    if (samePage && !staysInSight) window.scrollTo(0, 0);
    setPlace(currentPlace());
  }, []);

  const redirect = useCallback((path: string) => {
    history.replaceState({}, '', path);
    arrival.current = 'new';
    setPlace(currentPlace());
  }, []);

  useEffect(() => {
    history.scrollRestoration = 'manual';
    const onPop = (event: PopStateEvent): void => {
      arrival.current = (event.state as Partial<Memory> | null) ?? {};
      setPlace(currentPlace());
    };
    const onClick = (event: MouseEvent): void => {
      const url = innerLink(event);
      if (url === undefined) return;
      event.preventDefault();
      navigate(url.pathname + url.search);
    };
    window.addEventListener('popstate', onPop);
    document.addEventListener('click', onClick);
    return () => {
      window.removeEventListener('popstate', onPop);
      document.removeEventListener('click', onClick);
    };
  }, [navigate]);

  useLayoutEffect(() => {
    const view = arrival.current;
    arrival.current = undefined;
    if (view === undefined) return;
    if (view === 'new') {
      // As after a page load: reading and tabbing begin at the content.
      document.getElementById('content')?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    } else {
      recallView(view);
    }
  }, [place]);

  return { place, navigate, redirect };
}
