// Pings beside reports: of the same signature, what telemetry counted and what people sent. Both are estimates of all
// crashes: each that was kept stands for those that were not. Who may not see pings sees what everybody may know of them.
import type { VNode } from 'preact';
import { askPingAggregates, pingAggregatesPath, type PingAggregates } from '../../api/ping_aggregates';
import { askProducts, knownProducts, type Product } from '../../api/products';
import { termsOf, type FacetTerm } from '../../api/search_facets';
import { exactTerm, plainQuery, queryPath, withCondition } from '../../api/search_query';
import {
  dateConditions,
  intervalOf,
  searchedSpan,
  timeAxis,
  valuesOn,
  withDates,
} from '../../api/time_buckets';
import { countOf, formatCount } from '../../base/format';
import { DataTable, type Column } from '../../widgets/data_table';
import { GrantedProducts } from '../../widgets/granted_products';
import { intervalText, roundEstimate } from '../../widgets/estimate';
import { NothingFound } from '../../widgets/nothing_found';
import { PingGroupView } from '../../widgets/ping_group';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { TimeChart } from '../../widgets/time_chart';
import { useCounts } from '../../widgets/use_counts';
import { hidesPings, productsWith, useMe } from '../../widgets/use_me';
import { useRemote } from '../../widgets/use_remote';
import { narrowed } from './summary';
import { emptied, type TabProps } from './tab_props';

const kFields = [
  { field: 'platform', title: 'Platform' },
  { field: 'version', title: 'Version' },
] as const;
const kHeightPx = 220;

const weightOf = ({ weighted, count }: FacetTerm): number => weighted?.count ?? count;

export function Pings(props: TabProps): VNode {
  const { query, conditions, navigate, pathOf } = props;
  const me = useMe();
  const areHidden = hidesPings(me, conditions);
  const span = searchedSpan(conditions, new Date());
  const interval = intervalOf(span);
  const more = [
    ['_weights', 'true'],
    ['_histogram_interval.date', interval],
    ['_aggs.kind', '_histogram.date'],
    ['_aggs.kind', 'platform'],
    ['_aggs.kind', 'version'],
  ] as const;
  const { value, problem, isLate } = useCounts({ conditions, facets: ['kind', 'product'], facetsSize: 50, more });
  if (problem !== undefined) return <ProblemView problem={problem} />;
  if (value === undefined) return <Loading />;
  const kinds = termsOf(value.facets, 'kind');
  const pings = kinds.find(({ term }) => term === 'ping');
  const reports = kinds.find(({ term }) => term === 'report');
  const products = termsOf(value.facets, 'product').map(({ term }) => term);
  if (kinds.length === 0)
    return areHidden ? <Groups products={products} {...props} /> : <NothingFound {...emptied(query, pathOf)} />;
  const axis = timeAxis(span, interval);
  const series = (
    [
      ['Pings', pings],
      ['Reports', reports],
    ] as const
  ).map(([label, kind]) => ({
    label,
    values: valuesOn(axis, kind === undefined ? [] : termsOf(kind.facets, 'histogram_date'), weightOf),
  }));
  const hrefOf = (fromS: number, toS: number): string =>
    pathOf({ conditions: withDates(conditions, dateConditions(fromS, toS)) });
  return (
    <div class={isLate ? 'pings-tab late' : 'pings-tab'}>
      <p class="tab-tools">
        <KindSum
          one="ping"
          many="pings"
          kind={pings}
          none={
            areHidden ? <HiddenPings products={productsWith(me, 'view_pings')} {...props} /> : undefined
          }
          href={queryPath(plainQuery(withCondition(conditions, exactTerm('kind', 'ping'))))}
        />
        <KindSum
          one="report"
          many="reports"
          kind={reports}
          href={queryPath(plainQuery(withCondition(conditions, exactTerm('kind', 'report'))))}
        />
      </p>
      <h2>Estimated crashes per {interval}</h2>
      <TimeChart
        title={`Estimated crashes per ${interval}, by pings and by reports`}
        times={axis.times}
        stepS={axis.stepS}
        series={series}
        shape="lines"
        heightPx={kHeightPx}
        hrefOf={hrefOf}
        onRange={(fromS, toS) => navigate(hrefOf(fromS, toS))}
      />
      <div class="panels two">
        {kFields.map(({ field, title }) => (
          <Beside key={field} field={field} title={title} pings={pings} reports={reports} {...props} />
        ))}
      </div>
      {areHidden && <Groups products={products} {...props} />}
    </div>
  );
}

// A group is asked for by its product too: that of the search, else those of the reports and those that the server knows.
const kMaxProducts = 6;

function Groups({ query, products: found }: TabProps & { products: readonly string[] }): VNode {
  const chosen = query.conditions.flatMap(({ field, operator, negated, value }) =>
    field === 'product' && !negated && (operator === '' || operator === '=') ? [value] : [],
  );
  const { value: products } = useRemote<readonly Product[]>({
    key: 'products',
    ask: askProducts,
    recent: knownProducts(),
  });
  const known = new Set([...found, ...(products ?? []).map(({ name }) => name)]);
  const names = chosen.length > 0 ? chosen : [...known];
  return (
    <>
      {names.slice(0, kMaxProducts).map((product) => (
        <GroupOf key={product} signature={query.signature} product={product} />
      ))}
    </>
  );
}

function GroupOf({ signature, product }: { signature: string; product: string }): VNode | null {
  const asked = { signature, product };
  const { value } = useRemote<PingAggregates>({
    key: pingAggregatesPath(asked),
    ask: (signal) => askPingAggregates(asked, signal),
    recent: undefined,
  });
  return value === undefined ? null : (
    <section class="ping-group">
      <PingGroupView aggregates={value} title={`Pings of ${product}`} />
    </section>
  );
}

export function HiddenPings({
  products,
  conditions,
  pathOf,
}: Pick<TabProps, 'conditions' | 'pathOf'> & { products: readonly string[] }): VNode {
  const others = conditions.filter(({ field }) => field !== 'product');
  return (
    <>
      single pings are counted here for people with the permission view_pings
      {products.length > 0 && (
        <>
          ; for you where no other product is counted than{' '}
          <GrantedProducts
            products={products}
            hrefOf={(product) => pathOf({ conditions: [...others, exactTerm('product', product)] })}
          />
        </>
      )}
    </>
  );
}

interface KindSumProps {
  readonly one: string;
  readonly many: string;
  readonly kind: FacetTerm | undefined;
  readonly href: string;
  // In place of "no pings".
  readonly none?: VNode | undefined;
}

function KindSum({ one, many, kind, href, none }: KindSumProps): VNode {
  if (kind === undefined) return <span class="quiet">{none ?? `no ${many}`}</span>;
  return (
    <a href={href}>
      {countOf(kind.count, one, many)}
      {kind.weighted !== undefined &&
        `, for ≈ ${countOf(roundEstimate(kind.weighted.count), 'crash', 'crashes')} (${intervalText(kind.weighted)})`}
    </a>
  );
}

export interface PingRow {
  readonly term: string;
  readonly pings: FacetTerm | undefined;
  readonly reports: FacetTerm | undefined;
}

export function besideEachOther(
  pings: readonly FacetTerm[],
  reports: readonly FacetTerm[],
): readonly PingRow[] {
  const terms = new Set([...pings, ...reports].map(({ term }) => term));
  return [...terms].map((term) => ({
    term,
    pings: pings.find((one) => one.term === term),
    reports: reports.find((one) => one.term === term),
  }));
}

interface BesideProps extends TabProps {
  readonly field: string;
  readonly title: string;
  readonly pings: FacetTerm | undefined;
  readonly reports: FacetTerm | undefined;
}

function Beside({ field, title, pings, reports, ...props }: BesideProps): VNode {
  const of = (kind: FacetTerm | undefined): readonly FacetTerm[] =>
    kind === undefined ? [] : termsOf(kind.facets, field);
  const estimate = (
    name: string,
    heading: string,
    pick: (row: PingRow) => FacetTerm | undefined,
  ): Column<PingRow> => ({
    name,
    title: heading,
    isNumeric: true,
    unit: heading.toLowerCase(),
    value: (row) => {
      const term = pick(row);
      return term === undefined ? 0 : roundEstimate(weightOf(term));
    },
    cell: (row) => <EstimateOf term={pick(row)} />,
  });
  const columns: readonly Column<PingRow>[] = [
    {
      name: 'term',
      title,
      value: ({ term }) => term,
      narrowing: ({ term }) => narrowed(props, title, exactTerm(field, term)),
      cell: ({ term }) => (
        <a href={narrowed(props, title, exactTerm(field, term)).filterHref}>
          <bdi>{term}</bdi>
        </a>
      ),
    },
    estimate('pings', 'Pings', (row) => row.pings),
    estimate('reports', 'Reports', (row) => row.reports),
    {
      name: 'ratio',
      title: 'Reports per 100 pings',
      isNumeric: true,
      unit: 'per 100 pings',
      value: ratioOf,
      cell: (row) => ratioOf(row)?.toFixed(1) ?? '—',
    },
  ];
  return (
    <DataTable
      caption={`Pings and reports by ${title}`}
      name="beside"
      columns={columns}
      rows={besideEachOther(of(pings), of(reports))}
      rowKey={({ term }) => term}
      tools={{ beside: <h2>By {title.toLowerCase()}</h2> }}
    />
  );
}

function EstimateOf({ term }: { term: FacetTerm | undefined }): VNode {
  if (term === undefined) return <span class="quiet">0</span>;
  const { weighted } = term;
  return (
    <span
      title={
        weighted === undefined
          ? undefined
          : `${formatCount(term.count)} kept; 95 % interval ${intervalText(weighted)}`
      }
    >
      {formatCount(roundEstimate(weightOf(term)))}
    </span>
  );
}

function ratioOf({ pings, reports }: PingRow): number | undefined {
  return pings === undefined || weightOf(pings) === 0
    ? undefined
    : (100 * (reports === undefined ? 0 : weightOf(reports))) / weightOf(pings);
}
