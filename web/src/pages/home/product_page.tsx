// One product: its versions with their top crashers, its signatures of the week, and where to go from here.
import type { VNode } from 'preact';
import {
  askProducts,
  askProductWeek,
  knownProducts,
  type Product,
  type ProductWeek,
} from '../../api/products';
import type { FacetTerm } from '../../api/search_facets';
import { exactBucket, searchPath, type Condition } from '../../api/search_query';
import { countOf, formatCount } from '../../base/format';
import type { PageProps } from '../../base/page';
import { isPassing } from '../../base/problem';
import type { Narrowing } from '../../widgets/cell_links';
import { CodeName } from '../../widgets/code_name';
import { DataTable, type Column } from '../../widgets/data_table';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { ReportsOnly } from '../../widgets/reports_only';
import { hidesPings, useMe } from '../../widgets/use_me';
import { useRemote } from '../../widgets/use_remote';
import { useTimer } from '../../widgets/use_timer';
import { useTitle } from '../../widgets/use_title';
import { Days, Happened } from './home_page';
import './home.css';
import { QuickSearch } from './quick_search';
import { topCrashersPath } from './top_crashers_path';

const kRetryMs = 4000;
const kVersionsMax = 12;
const kSignaturesMax = 10;
const kSignatureLetters = 160;

export function ProductPage({ parameters, navigate }: PageProps): VNode {
  const name = parameters['product'] ?? '';
  useTitle(name);
  const products = useRemote<readonly Product[]>({
    key: 'products',
    ask: askProducts,
    recent: knownProducts(),
  });
  const found = useRemote<ProductWeek>({
    key: name,
    ask: (signal) => askProductWeek(name, signal),
    recent: undefined,
  });
  useTimer(found.problem !== undefined && isPassing(found.problem.kind) ? kRetryMs : null, found.askAgain);
  const product = products.value?.find((candidate) => candidate.name === name);
  const week = found.valueKey === name ? found.value : undefined;
  return (
    <div class="home product">
      <header>
        <h1>{name}</h1>
        {product?.description !== undefined && <p class="quiet">{product.description}</p>}
        <QuickSearch navigate={navigate} within={[productIs(name)]} />
        <ReportsOnly conditions={[productIs(name)]} />
      </header>
      {week !== undefined ? (
        <ProductView name={name} product={product} week={week} />
      ) : found.problem === undefined ? (
        <Loading />
      ) : (
        <ProblemView problem={found.problem} />
      )}
    </div>
  );
}

function productIs(name: string): Condition {
  return { field: 'product', operator: '', negated: false, value: name };
}

export function ProductView({
  name,
  product,
  week,
}: {
  name: string;
  product: Product | undefined;
  week: ProductWeek;
}): VNode {
  return (
    <>
      <section class="week">
        <Days days={week.days} counts={week.week} name={name} />
        <p class="numbers">
          {week.total === 0 ? (
            <span class="quiet">No crash in the last seven days.</span>
          ) : (
            <>
              <a href={searchPath([productIs(name)])}>
                <strong>{formatCount(week.total)}</strong> {week.total === 1 ? 'crash' : 'crashes'}
              </a>{' '}
              in the last seven days
              <KindWords name={name} kinds={week.kinds} />
            </>
          )}
          <Happened counts={{ count: week.total, weighted: week.weighted ?? week.week?.weighted }} />
        </p>
      </section>
      <Versions name={name} product={product} week={week} />
      <Signatures name={name} signatures={week.signatures} total={week.total} />
      {product !== undefined && <About product={product} />}
    </>
  );
}

function KindWords({ name, kinds }: { name: string; kinds: readonly FacetTerm[] }): VNode | null {
  const areHidden = hidesPings(useMe(), [productIs(name)]);
  const of = (kind: string): number => kinds.find(({ term }) => term === kind)?.count ?? 0;
  if (areHidden) return <>, reports only</>;
  if (kinds.length === 0) return null;
  return <>{`: ${countOf(of('report'), 'report', 'reports')}, ${countOf(of('ping'), 'ping', 'pings')}`}</>;
}

// Those that whoever administers the product chose; else those with the most crashes.
function Versions({
  name,
  product,
  week,
}: {
  name: string;
  product: Product | undefined;
  week: ProductWeek;
}): VNode | null {
  const featured = product?.versions ?? [];
  const versions = [...new Set([...featured, ...week.versions.map(({ term }) => term)])]
    .filter((version) => version !== '')
    .slice(0, kVersionsMax);
  if (versions.length === 0) return null;
  const rows: readonly VersionRow[] = [
    { version: undefined, isFeatured: false, count: week.total },
    ...versions.map((version) => ({
      version,
      isFeatured: featured.includes(version),
      count: week.versions.find(({ term }) => term === version)?.count ?? 0,
    })),
  ];
  const processes = week.processes.map(({ term }) => term).filter((process) => process !== '');
  return (
    <section>
      <DataTable
        caption={`Versions of ${name}, with the top crashers of each process`}
        name="product-versions"
        columns={versionColumns(name, processes)}
        rows={rows}
        rowKey={({ version }) => version ?? ''}
        tools={{ beside: <h2>Top crashers by version</h2> }}
      />
    </section>
  );
}

interface VersionRow {
  // undefined: all of them.
  readonly version: string | undefined;
  readonly isFeatured: boolean;
  readonly count: number;
}

function versionColumns(name: string, processes: readonly string[]): readonly Column<VersionRow>[] {
  const versionIs = (version: string): Condition => ({
    field: 'version',
    operator: '',
    negated: false,
    value: version,
  });
  const of = ({ version }: VersionRow): { readonly product: string; readonly version: string } =>
    ({ product: name, version: version ?? 'any' });
  return [
    {
      name: 'version',
      title: 'Version',
      value: ({ version }) => version ?? 'All versions',
      narrowing: ({ version }) =>
        version === undefined
          ? undefined
          : {
              what: `Version ${version}`,
              filterHref: searchPath([productIs(name), versionIs(version)]),
              excludeHref: searchPath([productIs(name), { ...versionIs(version), negated: true }]),
            },
      cell: ({ version, isFeatured }) => (
        <>
          {version ?? 'All versions'}
          {isFeatured && <span class="mark quiet"> featured</span>}
        </>
      ),
    },
    {
      name: 'count',
      title: 'This week',
      isNumeric: true,
      unit: 'crashes this week',
      value: ({ count }) => count,
      cell: ({ version, count }) => (
        <a href={searchPath([productIs(name), ...(version === undefined ? [] : [versionIs(version)])])}>
          {formatCount(count)}
        </a>
      ),
    },
    {
      name: 'ways',
      title: 'Top crashers',
      cell: (row) => (
        <span class="ways">
          <a href={topCrashersPath(of(row))}>all processes</a>
          {processes.map((process) => (
            <a key={process} href={topCrashersPath({ ...of(row), process })}>
              {process}
            </a>
          ))}
        </span>
      ),
    },
  ];
}

function Signatures({
  name,
  signatures,
  total,
}: {
  name: string;
  signatures: readonly FacetTerm[];
  total: number;
}): VNode | null {
  const shown = signatures.slice(0, kSignaturesMax);
  if (shown.length === 0) return null;
  return (
    <section>
      <DataTable
        caption={`The most frequent signatures of ${name}`}
        name="week-signatures"
        columns={signatureColumns(name, total)}
        rows={shown}
        rowKey={({ term }) => term}
        tools={{ beside: <h2>Signatures of the week</h2> }}
      />
      <p class="rest">
        <a href={topCrashersPath({ product: name, version: 'any' })}>All top crashers</a>
      </p>
    </section>
  );
}

function signatureColumns(name: string, total: number): readonly Column<FacetTerm>[] {
  const narrowing = ({ term }: FacetTerm): Narrowing => {
    const bucket = exactBucket(term);
    return {
      what: term,
      filterHref: searchPath([productIs(name), bucket]),
      excludeHref: searchPath([productIs(name), { ...bucket, negated: true }]),
    };
  };
  const share = ({ count }: FacetTerm): number | undefined =>
    total === 0 ? undefined : Math.round((1000 * count) / total) / 10;
  return [
    {
      name: 'signature',
      title: 'Signature',
      value: ({ term }) => term,
      narrowing,
      cell: (row) => (
        <a href={narrowing(row).filterHref} title={row.term}>
          {row.term === '' ? 'no signature' : <CodeName name={row.term} lengthMax={kSignatureLetters} />}
        </a>
      ),
    },
    {
      name: 'count',
      title: 'Crashes',
      isNumeric: true,
      unit: 'crashes',
      value: ({ count }) => count,
      cell: ({ count }) => formatCount(count),
    },
    {
      name: 'share',
      title: '%',
      hint: 'Share of all crashes of the week',
      isNumeric: true,
      unit: '%',
      value: share,
      cell: (row) => share(row)?.toFixed(1),
    },
  ];
}

function About({ product }: { product: Product }): VNode {
  const days = (count: number | undefined): string =>
    count === undefined ? 'as long as the server’s setting says' : countOf(count, 'day', 'days');
  return (
    <section>
      <h2>About it</h2>
      <dl class="facts">
        <div>
          <dt>Reports kept</dt>
          <dd>{days(product.reportDays)}</dd>
        </div>
        <div>
          <dt>Pings kept</dt>
          <dd>{days(product.pingDays)}</dd>
        </div>
        <div>
          <dt>Crashes</dt>
          <dd>{product.crashes === 'public' ? 'for everybody' : 'for people with an account'}</dd>
        </div>
        <div>
          <dt>Symbols</dt>
          <dd>{product.symbols === 'public' ? 'for everybody' : 'for people with a token'}</dd>
        </div>
      </dl>
      {product.links.length > 0 && (
        <p class="all-ways">
          {product.links.map(({ label, url }) => (
            <a key={url} href={url}>
              {label}
            </a>
          ))}
        </p>
      )}
    </section>
  );
}
