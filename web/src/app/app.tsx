// The shell around every page: header, menu, search box, and the page that the path names.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { useNavigation } from './navigation';
import { matchPath } from './router';
import { kRoutes, type Route } from './routes';
import { SearchBox } from './search_box';

export function App(): VNode {
  const { place, navigate } = useNavigation();
  const query = useMemo(() => new URLSearchParams(place.search), [place.search]);
  return (
    <>
      <a class="skip" href="#content">Skip to the content</a>
      <header class="top">
        <a class="name" href="/">
          <Logo />
          Cairn
        </a>
        <Menu path={place.path} />
        <SearchBox path={place.path} search={place.search} navigate={navigate} />
      </header>
      <main id="content" tabIndex={-1}>{pageFor(place.path, query, navigate)}</main>
    </>
  );
}

function Menu({ path }: { path: string }): VNode {
  return (
    <nav class="menu" aria-label="Site">
      {kRoutes.filter(({ menu }) => menu !== undefined).map((route) => (
        <a key={route.path} href={route.path} aria-current={currentAt(route, path)}>{route.menu}</a>
      ))}
    </nav>
  );
}

function currentAt(route: Route, path: string): 'page' | 'true' | undefined {
  if (matchPath(route.path, path) !== undefined) return 'page';
  return route.within !== undefined && path.startsWith(route.within) ? 'true' : undefined;
}

function pageFor(path: string, query: URLSearchParams, navigate: (path: string) => void): VNode {
  for (const route of kRoutes) {
    const parameters = matchPath(route.path, path);
    if (parameters === undefined) continue;
    const Page = route.page;
    return <Page key={route.path} parameters={parameters} query={query} navigate={navigate} />;
  }
  return (
    <section class="problem">
      <h1>There is no page at this address</h1>
      <p><a href="/">Go to the newest crashes</a></p>
    </section>
  );
}

function Logo(): VNode {
  return (
    <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
      <ellipse cx="16" cy="26" rx="13" ry="5" />
      <ellipse cx="15" cy="16.5" rx="9" ry="4.2" />
      <ellipse cx="17" cy="8.5" rx="5.5" ry="3.5" />
    </svg>
  );
}
