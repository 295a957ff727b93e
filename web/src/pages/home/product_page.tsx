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
import { CodeName } from '../../widgets/code_name';
import { Loading, ProblemView } from '../../widgets/problem_view';
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
              {kindWords(week.kinds)}
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

function kindWords(kinds: readonly FacetTerm[]): string {
  const of = (kind: string): number => kinds.find(({ term }) => term === kind)?.count ?? 0;
  return kinds.length === 0
    ? ''
    : `: ${countOf(of('report'), 'report', 'reports')}, ${countOf(of('ping'), 'ping', 'pings')}`;
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
  const processes = week.processes.map(({ term }) => term).filter((process) => process !== '');
  return (
    <section>
      <h2>Top crashers by version</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Top crashers by version">
        <table class="plain versions">
          <caption class="hidden">Versions of {name}, with the top crashers of each process</caption>
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col" class="number">
                This week
              </th>
              <th scope="col">Top crashers</th>
            </tr>
          </thead>
          <tbody>
            <VersionRow
              name={name}
              version={undefined}
              isFeatured={false}
              count={week.total}
              processes={processes}
            />
            {versions.map((version) => (
              <VersionRow
                key={version}
                name={name}
                version={version}
                isFeatured={featured.includes(version)}
                processes={processes}
                count={week.versions.find(({ term }) => term === version)?.count ?? 0}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface VersionRowProps {
  readonly name: string;
  // undefined: all of them.
  readonly version: string | undefined;
  readonly isFeatured: boolean;
  readonly count: number;
  readonly processes: readonly string[];
}

function VersionRow({ name, version, isFeatured, count, processes }: VersionRowProps): VNode {
  const of = version === undefined ? { product: name } : { product: name, version };
  const conditions =
    version === undefined
      ? [productIs(name)]
      : [productIs(name), { field: 'version', operator: '' as const, negated: false, value: version }];
  return (
    <tr>
      <th scope="row">
        {version ?? 'All versions'}
        {isFeatured && <span class="mark quiet"> featured</span>}
      </th>
      <td class="number">
        <a href={searchPath(conditions)}>{formatCount(count)}</a>
      </td>
      <td class="ways">
        <a href={topCrashersPath(of)}>all processes</a>
        {processes.map((process) => (
          <a key={process} href={topCrashersPath({ ...of, process })}>
            {process}
          </a>
        ))}
      </td>
    </tr>
  );
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
      <h2>Signatures of the week</h2>
      <table class="plain signatures">
        <caption class="hidden">The most frequent signatures of {name}</caption>
        <thead>
          <tr>
            <th scope="col">Signature</th>
            <th scope="col" class="number">
              Crashes
            </th>
            <th scope="col" class="number">
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ term, count }) => (
            <tr key={term}>
              <th scope="row">
                <a href={searchPath([productIs(name), exactBucket(term)])} title={term}>
                  {term === '' ? 'no signature' : <CodeName name={term} lengthMax={kSignatureLetters} />}
                </a>
              </th>
              <td class="number">{formatCount(count)}</td>
              <td class="number">{total === 0 ? '' : `${((100 * count) / total).toFixed(1)} %`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="rest">
        <a href={topCrashersPath({ product: name })}>All top crashers</a>
      </p>
    </section>
  );
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
