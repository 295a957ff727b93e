// The pages of the site. A new page is a folder in pages/ and a row here. Each is loaded when it is first gone to, so that
// the first page shows soon.
import type { VNode } from 'preact';
import type { PageProps } from '../base/page';

export type Page = (props: PageProps) => VNode;

export interface Route {
  // Parts that begin with ":" are parameters.
  readonly path: string;
  readonly load: () => Promise<Page>;
  // Its word in the header's menu, where it has one. It stands for the pages beneath `within` as well.
  readonly menu?: string;
  readonly within?: string;
}

export const kRoutes: readonly Route[] = [
  { path: '/search', menu: 'Crashes', load: searchPage },
  { path: '/', load: searchPage },
  { path: '/topcrashers', menu: 'Top crashers', load: () => import('../pages/topcrashers/top_crashers_page').then((pages) => pages.TopCrashersPage) },
  { path: '/signature', load: () => import('../pages/signature/signature_page').then((pages) => pages.SignaturePage) },
  { path: '/s/:id', load: () => import('../pages/search/short_link_page').then((pages) => pages.ShortLinkPage) },
  { path: '/report/index/:id', load: () => import('../pages/report/report_page').then((pages) => pages.ReportPage) },
  { path: '/symbols/missing', menu: 'Symbols', within: '/symbols/', load: () => import('../pages/symbols/missing/missing_symbols_page').then((pages) => pages.MissingSymbolsPage) },
  { path: '/symbols/uploads', load: () => import('../pages/symbols/uploads/uploads_page').then((pages) => pages.UploadsPage) },
  { path: '/symbols/uploads/:id', load: () => import('../pages/symbols/uploads/upload_page').then((pages) => pages.UploadPage) },
  { path: '/symbols/usage', load: () => import('../pages/symbols/usage/usage_page').then((pages) => pages.UsagePage) },
];

async function searchPage(): Promise<Page> {
  return (await import('../pages/search/search_page')).SearchPage;
}
