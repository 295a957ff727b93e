// The pages of the site. A new page is a folder in pages/ and a row here.
import type { VNode } from 'preact';
import type { PageProps } from '../base/page';
import { AccountPage } from '../pages/account/account_page';
import { SignInPage } from '../pages/account/sign_in_page';
import { AuditPage } from '../pages/admin/audit_page';
import { ProductsPage } from '../pages/admin/products_page';
import { RulesPage } from '../pages/admin/rules_page';
import { SigningPage } from '../pages/admin/signing_page';
import { UsersPage } from '../pages/admin/users_page';
import { DataPage } from '../pages/documentation/data_page';
import { DictionaryPage } from '../pages/documentation/dictionary_page';
import { SearchHelpPage } from '../pages/documentation/search_help_page';
import { TermPage } from '../pages/documentation/term_page';
import { HomePage } from '../pages/home/home_page';
import { ProductPage } from '../pages/home/product_page';
import { ReportPage } from '../pages/report/report_page';
import { SearchPage } from '../pages/search/search_page';
import { MissingSymbolsPage } from '../pages/symbols/missing/missing_symbols_page';
import { UploadPage } from '../pages/symbols/uploads/upload_page';
import { UploadsPage } from '../pages/symbols/uploads/uploads_page';
import { UsagePage } from '../pages/symbols/usage/usage_page';

export interface Route {
  // Parts that begin with ":" are parameters.
  readonly path: string;
  readonly page: (props: PageProps) => VNode;
  // Its word in the header's menu, where it has one. It stands for the pages beneath `within` as well.
  readonly menu?: string;
  readonly within?: string;
}

export const kRoutes: readonly Route[] = [
  { path: '/', page: SearchPage, menu: 'Crashes' },
  { path: '/home', page: HomePage },
  { path: '/home/product/:product', page: ProductPage },
  { path: '/report/index/:id', page: ReportPage },
  { path: '/account', page: AccountPage },
  { path: '/account/sign-in', page: SignInPage },
  { path: '/profile', page: AccountPage },
  { path: '/api/tokens', page: AccountPage },
  { path: '/admin/users', page: UsersPage },
  { path: '/admin/products', page: ProductsPage },
  { path: '/admin/signatures', page: SigningPage },
  { path: '/admin/rules', page: RulesPage },
  { path: '/admin/audit', page: AuditPage },
  { path: '/documentation', page: DataPage },
  { path: '/documentation/data', page: DataPage },
  { path: '/documentation/protected_data_access', page: DataPage },
  { path: '/documentation/search', page: SearchHelpPage },
  { path: '/documentation/supersearch', page: SearchHelpPage },
  { path: '/documentation/supersearch/examples', page: SearchHelpPage },
  { path: '/documentation/supersearch/api', page: SearchHelpPage },
  { path: '/documentation/datadictionary', page: DictionaryPage },
  { path: '/documentation/datadictionary/dataset/:set/field/:name', page: TermPage },
  { path: '/symbols/missing', page: MissingSymbolsPage, menu: 'Symbols', within: '/symbols/' },
  { path: '/symbols/uploads', page: UploadsPage },
  { path: '/symbols/uploads/:id', page: UploadPage },
  { path: '/symbols/usage', page: UsagePage },
];
