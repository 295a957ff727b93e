// The pages of the site. A new page is a folder in pages/ and a row here.
import type { VNode } from 'preact';
import type { PageProps } from '../base/page';
import { MissingSymbolsPage } from '../pages/missing_symbols/missing_symbols_page';
import { ReportPage } from '../pages/report/report_page';
import { SearchPage } from '../pages/search/search_page';

export interface Route {
  // Parts that begin with ":" are parameters.
  readonly path: string;
  readonly page: (props: PageProps) => VNode;
  // Its word in the header's menu, where it has one.
  readonly menu?: string;
}

export const kRoutes: readonly Route[] = [
  { path: '/', page: SearchPage, menu: 'Crashes' },
  { path: '/report/index/:id', page: ReportPage },
  { path: '/symbols/missing', page: MissingSymbolsPage, menu: 'Missing symbols' },
];
