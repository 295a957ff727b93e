// The shell around every page: header, menu, search box, keys, and the page that the path names.
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { PageProps } from '../base/page';
import { AccountCorner } from '../widgets/account_corner';
import { CodeMissing } from '../widgets/code_missing';
import { Loading } from '../widgets/problem_view';
import { NavigateContext, PlaceContext } from '../widgets/navigate_context';
import { SchemeButton } from './color_scheme';
import { HelpDialog } from './help_dialog';
import { useNavigation, type Navigation } from './navigation';
import { matchPath } from './router';
import { kRoutes, type Route } from './routes';
import { SearchBox } from './search_box';
import { useSiteKeys } from './site_keys';
import { usePage, type LoadedPage, type PageState } from './use_page';

export function App(): VNode {
  const navigation = useNavigation();
  const { place, navigate } = navigation;
  const [isHelpOpen, setHelpOpen] = useState(false);
  useSiteKeys(() => setHelpOpen(true));
  const state = usePage(place);
  return (
    <NavigateContext.Provider value={navigate}>
      <a class="skip" href="#content">Skip to the content</a>
      <header class="top">
        <a class="name" href="/">
          <Logo />
          Cairn
        </a>
        <Menu path={place.path} />
        <SearchBox path={place.path} search={place.search} navigate={navigate} />
        <div class="corner">
          <SchemeButton />
          <button type="button" class="round" aria-label="Keys and help" aria-keyshortcuts="?" title="Keys and help (?)" onClick={() => setHelpOpen(true)}>?</button>
          <AccountCorner place={place.path + place.search} />
        </div>
      </header>
      <main id="content" tabIndex={-1}><PageOf state={state} {...navigation} /></main>
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </NavigateContext.Provider>
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

interface PageOfProps extends Navigation {
  readonly state: PageState;
}

function PageOf({ state, place, navigate, redirect }: PageOfProps): VNode {
  if (state === 'loading') return <Loading />;
  if (state === 'missing') return <NoSuchPage />;
  if (state === 'failed') return <CodeMissing />;
  return <Drawn key={state.route.path} loaded={state} isLeaving={state.place !== place} navigate={navigate} redirect={redirect} />;
}

interface DrawnProps extends Pick<PageProps, 'navigate' | 'redirect'> {
  readonly loaded: LoadedPage;
  readonly isLeaving: boolean;
}

function Drawn({ loaded, isLeaving, navigate, redirect }: DrawnProps): VNode {
  const query = useMemo(() => new URLSearchParams(loaded.place.search), [loaded.place.search]);
  const { page: Page } = loaded;
  return (
    <div class={isLeaving ? 'late' : undefined} aria-busy={isLeaving}>
      <PlaceContext.Provider value={loaded.place}>
        <Page parameters={loaded.parameters} query={query} navigate={navigate} redirect={redirect} />
      </PlaceContext.Provider>
    </div>
  );
}

function NoSuchPage(): VNode {
  return (
    <section class="problem">
      <h1>There is no page at this address</h1>
      <p><a href="/search">Go to the newest crashes</a></p>
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
