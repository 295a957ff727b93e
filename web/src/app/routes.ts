// The pages of the site. A new page is a folder in pages/ and a row here.
import type { VNode } from 'preact';
import type { PageProps } from '../base/page';
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
  { path: '/symbols/missing', page: MissingSymbolsPage, menu: 'Symbols', within: '/symbols/' },
  { path: '/symbols/uploads', page: UploadsPage },
  { path: '/symbols/uploads/:id', page: UploadPage },
  { path: '/symbols/usage', page: UsagePage },
];
