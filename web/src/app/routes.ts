// The pages of the site. A new page is a folder in pages/ and a row here. Each is loaded when it is first gone to, so that
// the first page shows soon.
import type { VNode } from 'preact';
import { crashApiPath } from '../api/crash_path';
import { parseCrashId } from '../base/crash_id';
import type { PageProps } from '../base/page';

export type Page = (props: PageProps) => VNode;

type Parameters = PageProps['parameters'];

export interface Route {
  // Parts that begin with ":" are parameters.
  readonly path: string;
  readonly load: () => Promise<Page>;
  // What the page will ask the server first, for pages that people open by a link.
  readonly asks?: (parameters: Parameters) => string | undefined;
  // Takes its answer, if it is the first page.
  readonly prepare?: (parameters: Parameters) => Promise<void>;
  // Its word in the header's menu, where it has one. It stands for the pages beneath `within` as well.
  readonly menu?: string;
  readonly within?: string;
}

export const kRoutes: readonly Route[] = [
  { path: '/search', menu: 'Crashes', load: searchPage },
  { path: '/', load: homePage },
  { path: '/topcrashers', menu: 'Top crashers', load: () => import('../pages/topcrashers/top_crashers_page').then((pages) => pages.TopCrashersPage) },
  { path: '/signature', load: () => import('../pages/signature/signature_page').then((pages) => pages.SignaturePage) },
  { path: '/s/:id', load: () => import('../pages/search/short_link_page').then((pages) => pages.ShortLinkPage) },
  {
    path: '/report/index/:id',
    asks: crashQuestion,
    prepare: async (parameters) => (await import('../pages/report/report_page')).prepareReport(parameters),
    load: () => import('../pages/report/report_page').then((pages) => pages.ReportPage),
  },
  { path: '/home', load: homePage },
  { path: '/home/product/:product', load: () => import('../pages/home/product_page').then((pages) => pages.ProductPage) },
  { path: '/sql', load: () => import('../pages/sql/sql_page').then((pages) => pages.SqlPage) },
  { path: '/account', load: accountPage },
  { path: '/account/sign-in', load: () => import('../pages/account/sign_in_page').then((pages) => pages.SignInPage) },
  { path: '/profile', load: accountPage },
  { path: '/api/tokens', load: accountPage },
  { path: '/admin/users', load: () => import('../pages/admin/users_page').then((pages) => pages.UsersPage) },
  { path: '/admin/products', load: () => import('../pages/admin/products_page').then((pages) => pages.ProductsPage) },
  { path: '/admin/signatures', load: () => import('../pages/admin/signing_page').then((pages) => pages.SigningPage) },
  { path: '/admin/rules', load: () => import('../pages/admin/rules_page').then((pages) => pages.RulesPage) },
  { path: '/admin/audit', load: () => import('../pages/admin/audit_page').then((pages) => pages.AuditPage) },
  { path: '/documentation', load: guidePage },
  { path: '/documentation/data', load: guidePage },
  { path: '/documentation/protected_data_access', load: guidePage },
  { path: '/documentation/search', load: searchHelpPage },
  { path: '/documentation/supersearch', load: searchHelpPage },
  { path: '/documentation/supersearch/examples', load: searchHelpPage },
  { path: '/documentation/supersearch/api', load: searchHelpPage },
  { path: '/documentation/datadictionary', load: () => import('../pages/documentation/dictionary_page').then((pages) => pages.DictionaryPage) },
  { path: '/documentation/datadictionary/dataset/:set/field/:name', load: () => import('../pages/documentation/term_page').then((pages) => pages.TermPage) },
  { path: '/symbols/missing', menu: 'Symbols', within: '/symbols/', load: () => import('../pages/symbols/missing/missing_symbols_page').then((pages) => pages.MissingSymbolsPage) },
  { path: '/symbols/uploads', load: () => import('../pages/symbols/uploads/uploads_page').then((pages) => pages.UploadsPage) },
  { path: '/symbols/uploads/:id', load: () => import('../pages/symbols/uploads/upload_page').then((pages) => pages.UploadPage) },
  { path: '/symbols/usage', load: () => import('../pages/symbols/usage/usage_page').then((pages) => pages.UsagePage) },
];

function crashQuestion({ id }: Parameters): string | undefined {
  const crash = parseCrashId(id ?? '');
  return crash === undefined ? undefined : crashApiPath(crash);
}

async function searchPage(): Promise<Page> {
  return (await import('../pages/search/search_page')).SearchPage;
}

async function homePage(): Promise<Page> {
  return (await import('../pages/home/home_page')).HomePage;
}

async function accountPage(): Promise<Page> {
  return (await import('../pages/account/account_page')).AccountPage;
}

async function guidePage(): Promise<Page> {
  return (await import('../pages/documentation/data_page')).DataPage;
}

async function searchHelpPage(): Promise<Page> {
  return (await import('../pages/documentation/search_help_page')).SearchHelpPage;
}
