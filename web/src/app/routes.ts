// The pages of the site. A new page is a folder in pages/ and a row here.
import type { VNode } from 'preact';
import type { PageProps } from '../base/page';
import { ReportPage } from '../pages/report/report_page';
import { SearchPage } from '../pages/search/search_page';

export interface Route {
  // Parts that begin with ":" are parameters.
  readonly path: string;
  readonly page: (props: PageProps) => VNode;
}

export const kRoutes: readonly Route[] = [
  { path: '/', page: SearchPage },
  { path: '/report/index/:id', page: ReportPage },
];
