// usePage: the page that belongs to a place. While its code is on its way, the page before it stays in sight.
import { useEffect, useState } from 'preact/hooks';
import { getJsonAhead } from '../api/client';
import { matchPath } from './router';
import { kRoutes, type Page, type Route } from './routes';
import type { Place } from './navigation';

export interface LoadedPage {
  readonly page: Page;
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
  readonly place: Place;
}

// 'missing': no page has this path. 'failed': the code did not come.
export type PageState = LoadedPage | 'missing' | 'loading' | 'failed';

const loaded = new Map<Route, Page>();

export function findRoute({
  path,
  search,
}: Place): { readonly route: Route; readonly parameters: Readonly<Record<string, string>> } | undefined {
  // A search at the root is an address of a search from before searches had a path of their own.
  const wanted = path === '/' && search.length > 1 ? '/search' : path;
  for (const route of kRoutes) {
    const parameters = matchPath(route.path, wanted);
    if (parameters !== undefined) return { route, parameters };
  }
  return undefined;
}

function pageAtHand(place: Place): PageState {
  const found = findRoute(place);
  if (found === undefined) return 'missing';
  const page = loaded.get(found.route);
  return page === undefined ? 'loading' : { ...found, page, place };
}

// Fetches what the first page needs: its code and its first answer at once. Done when both came. What does not come is
// told where it is used.
export async function beginPage(place: Place): Promise<void> {
  const found = findRoute(place);
  if (found === undefined) return;
  const { route, parameters } = found;
  const question = route.asks?.(parameters);
  if (question !== undefined) getJsonAhead(question);
  try {
    loaded.set(route, await route.load());
    await route.prepare?.(parameters);
  } catch {
    // usePage() says it.
  }
}

export function usePage(place: Place): PageState {
  const now = pageAtHand(place);
  const [shown, setShown] = useState<PageState>(now);

  useEffect(() => {
    const found = findRoute(place);
    if (found === undefined || loaded.has(found.route)) {
      setShown(pageAtHand(place));
      return undefined;
    }
    let isWanted = true;
    found.route.load().then(
      (page) => {
        loaded.set(found.route, page);
        if (isWanted) setShown(pageAtHand(place));
      },
      () => {
        if (isWanted) setShown('failed');
      },
    );
    return () => {
      isWanted = false;
    };
  }, [place]);

  // What is at hand is drawn at once, so that going back finds the rows where they were.
  return now === 'loading' ? shown : now;
}
