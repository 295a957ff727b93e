// The first page: which products crash how much this week, and the ways into the rest.
import type { VNode } from 'preact';
import {
  askProducts,
  askWeek,
  knownProducts,
  knownWeek,
  productPath,
  type Product,
  type Week,
  type WeekOfProduct,
} from '../../api/products';
import { searchPath } from '../../api/search_query';
import { formatCount } from '../../base/format';
import type { PageProps } from '../../base/page';
import { isPassing } from '../../base/problem';
import { Estimate } from '../../widgets/estimate';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { Sparkline } from '../../widgets/sparkline';
import { ReportsOnly } from '../../widgets/reports_only';
import { useRemote } from '../../widgets/use_remote';
import { useTimer } from '../../widgets/use_timer';
import { useTitle } from '../../widgets/use_title';
import './home.css';
import { QuickSearch } from './quick_search';
import { topCrashersPath } from './top_crashers_path';

const kRetryMs = 4000;
const kFreshMs = 60_000;

export function HomePage({ navigate }: PageProps): VNode {
  useTitle('Products');
  const week = useRemote<Week>({ key: 'week', ask: askWeek, recent: knownWeek() });
  const products = useRemote<readonly Product[]>({
    key: 'products',
    ask: askProducts,
    recent: knownProducts(),
  });
  const isRetrying = week.problem !== undefined && isPassing(week.problem.kind);
  useTimer(isRetrying ? kRetryMs : week.problem === undefined ? kFreshMs : null, week.askAgain);
  return (
    <div class="home">
      <header>
        <h1>Crashes of the last seven days</h1>
        <QuickSearch navigate={navigate} />
        <ReportsOnly conditions={[]} />
      </header>
      {week.value !== undefined ? (
        <ProductList week={week.value} products={products.value ?? []} />
      ) : week.problem === undefined ? (
        <Loading />
      ) : (
        <ProblemView problem={week.problem} />
      )}
      <Ways />
    </div>
  );
}

interface Entry {
  readonly name: string;
  readonly product: Product | undefined;
  readonly week: WeekOfProduct | undefined;
}

// In the order of their crashes; those that had none, and those that nobody set up, are there too.
export function entriesOf(week: Week, products: readonly Product[]): readonly Entry[] {
  const names = new Set([...week.products.map(({ name }) => name), ...products.map(({ name }) => name)]);
  return [...names].map((name) => ({
    name,
    product: products.find((product) => product.name === name),
    week: week.products.find((product) => product.name === name),
  }));
}

export function ProductList({ week, products }: { week: Week; products: readonly Product[] }): VNode {
  const entries = entriesOf(week, products);
  if (entries.length === 0) {
    return (
      <section class="problem">
        <h2>No crash has arrived yet</h2>
        <p>
          Reports are sent to <code>/submit</code> of this server, pings to <code>/submit/telemetry/…</code>.
          What arrives is here within seconds.
        </p>
      </section>
    );
  }
  return (
    <ul class="products">
      {entries.map(({ name, product, week: counts }) => (
        <li key={name}>
          <div class="about">
            <h2>
              <a href={productPath(name)}>{name}</a>
            </h2>
            {product?.description !== undefined && <p class="quiet">{product.description}</p>}
          </div>
          <Days days={week.days} counts={counts} name={name} />
          <p class="numbers">
            {counts === undefined ? (
              <span class="quiet">no crash</span>
            ) : (
              <a href={searchPath([{ field: 'product', operator: '', negated: false, value: name }])}>
                <strong>{formatCount(counts.count)}</strong> {counts.count === 1 ? 'crash' : 'crashes'}
              </a>
            )}
            <Happened counts={counts} />
          </p>
          <p class="ways">
            <a href={topCrashersPath({ product: name })} aria-label={`Top crashers of ${name}`}>
              Top crashers
            </a>
            {(product?.versions ?? []).slice(0, 3).map((version) => (
              <a
                key={version}
                href={topCrashersPath({ product: name, version })}
                aria-label={`Top crashers of ${name} ${version}`}
              >
                {version}
              </a>
            ))}
          </p>
        </li>
      ))}
    </ul>
  );
}

export function Days({
  days,
  counts,
  name,
}: {
  days: readonly Date[];
  counts: WeekOfProduct | undefined;
  name: string;
}): VNode {
  if (counts?.days === undefined) return <span class="days" />;
  return (
    <span class="days">
      <Sparkline
        title={`Crashes of ${name} by day`}
        values={counts.days}
        labels={days.map((day) => day.toISOString().slice(0, 10))}
        isOpen
      />
    </span>
  );
}

// Where all crashes were kept, the estimate is the count.
export function Happened({
  counts,
}: {
  counts: Pick<WeekOfProduct, 'count' | 'weighted'> | undefined;
}): VNode | null {
  if (counts?.weighted === undefined || Math.round(counts.weighted.count) === counts.count) return null;
  return (
    <span class="happened">
      happened: <Estimate weighted={counts.weighted} />
    </span>
  );
}

function Ways(): VNode {
  return (
    <nav class="all-ways" aria-label="More">
      <a href={searchPath([])}>Newest crashes</a>
      <a href="/symbols/missing">Missing symbols</a>
      <a href="/documentation/data">Which data answers what</a>
      <a href="/documentation/search">How to search</a>
      <a href="/documentation/datadictionary">Data dictionary</a>
    </nav>
  );
}
