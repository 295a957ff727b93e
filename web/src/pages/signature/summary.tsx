// What the crashes of the signature have in common, a table for each kind of fact.
import type { VNode } from 'preact';
import { adapterText } from '../../api/graphics';
import type { Counted } from '../../api/search';
import { fieldByWord } from '../../api/search_fields';
import { kNoFacets, termsOf, type Facets, type FacetTerm } from '../../api/search_facets';
import { exactTerm, termText, withCondition, type Condition } from '../../api/search_query';
import { formatCount } from '../../base/format';
import { DataTable, type Column } from '../../widgets/data_table';
import { shareText, FacetTable } from '../../widgets/facet_table';
import { useFields } from '../../widgets/field_select';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useCounts } from '../../widgets/use_counts';
import { useGraphics } from '../../widgets/use_graphics';
import type { TabProps } from './tab_props';

const kFields = [
  { field: 'platform_version', title: 'Operating system' },
  { field: 'process_type', title: 'Process type' },
  { field: 'cpu_arch', title: 'Architecture' },
  { field: 'reason', title: 'Reason' },
] as const;
const kPanelRows = 10;

export function Summary(props: TabProps): VNode {
  useFields();
  // Each panel takes what it needs of one answer.
  const { value, problem, isLate } = useCounts({
    conditions: props.conditions,
    facets: ['product', ...kFields.map(({ field }) => field)],
    more: [['_aggs.product', 'version']],
  });
  if (value === undefined) return problem === undefined ? <Loading /> : <ProblemView problem={problem} />;
  return (
    <div class={isLate ? 'panels late' : 'panels'} aria-busy={isLate}>
      <Products counted={value} {...props} />
      {kFields.map(({ field, title }) => (
        <Panel key={field} field={field} title={title} counted={value} {...props} />
      ))}
      <Uptimes {...props} />
      <AskedPanel field="android_model" title="Device" {...props} />
      <Adapters {...props} />
    </div>
  );
}

export function narrowed({ conditions, pathOf }: TabProps, title: string, condition: Condition) {
  return {
    what: `${title} ${condition.value}`,
    filterHref: pathOf({ conditions: withCondition(conditions, condition) }),
    excludeHref: pathOf({
      conditions: withCondition(conditions, { ...condition, negated: !condition.negated }),
    }),
  };
}

interface PanelProps extends TabProps {
  readonly field: string;
  readonly title: string;
}

// Of fields that many products have not: asked alone, and not shown where the server does not know them.
function AskedPanel(props: PanelProps): VNode | null {
  const { field } = props;
  const { value } = useCounts({
    conditions: props.conditions,
    facets: [field],
    facetsSize: kPanelRows,
  });
  return value === undefined ? null : <Panel counted={value} {...props} />;
}

function Panel({ field, title, counted, ...props }: PanelProps & { counted: Counted }): VNode | null {
  const terms = termsOf(counted.facets, field).slice(0, kPanelRows);
  if (terms.length === 0) return null;
  return (
    <FacetTable
      title={title}
      terms={terms}
      total={counted.total}
      textOf={(term) => termText(field, term)}
      narrowingOf={(term) => narrowed(props, title, exactTerm(field, term))}
    />
  );
}

// Each vendor's adapters, by name where they have one.
function Adapters(props: TabProps): VNode | null {
  const [vendorField, adapterField] = ['adapter_vendor_id', 'adapter_device_id'];
  const { value } = useCounts({
    conditions: props.conditions,
    facets: [vendorField],
    facetsSize: kPanelRows,
    more: [[`_aggs.${vendorField}`, adapterField]],
  });
  const rows = (value === undefined ? [] : termsOf(value.facets, vendorField)).flatMap((vendor) => {
    const adapters = termsOf(vendor.facets, adapterField);
    const idsOf = (adapter: string | undefined) => ({ vendor: vendor.term, adapter });
    return adapters.length === 0
      ? [{ term: vendor, ids: idsOf(undefined) }]
      : adapters.map((term) => ({ term, ids: idsOf(term.term) }));
  });
  const names = useGraphics(rows.map(({ ids }) => ids));
  if (value === undefined || rows.length === 0) return null;
  return (
    <FacetTable
      title="Graphics adapter"
      terms={rows
        .map(({ term, ids }) => ({ ...term, term: ids.vendor === '' ? '(none)' : adapterText(ids, names) }))
        .sort((one, other) => other.count - one.count)}
      total={value.total}
    />
  );
}

interface ProductRow {
  readonly product: string;
  readonly version: string;
  readonly count: number;
  readonly installations: number | undefined;
}

function productRows(facets: Facets, installed: Facets): readonly ProductRow[] {
  const installations = new Map(
    termsOf(installed, 'product').flatMap(({ term: product, facets: inner }) =>
      termsOf(inner, 'version').map(
        ({ term: version, facets: deepest }) =>
          [`${product} ${version}`, deepest.values.get('cardinality_client')] as const,
      ),
    ),
  );
  return termsOf(facets, 'product').flatMap(({ term: product, facets: inner }) =>
    termsOf(inner, 'version').map(({ term: version, count }) => ({
      product,
      version,
      count,
      installations: installations.get(`${product} ${version}`),
    })),
  );
}

function Products({ counted: { total, facets }, ...props }: TabProps & { counted: Counted }): VNode {
  const { value: installed } = useCounts({
    conditions: props.conditions,
    facets: ['product'],
    more: [
      ['_aggs.product', 'version'],
      ['_aggs.product.version', '_cardinality.client'],
    ],
  });
  const rows = productRows(facets, installed?.facets ?? kNoFacets);
  const columns: readonly Column<ProductRow>[] = [
    {
      name: 'product',
      title: 'Product',
      value: ({ product }) => product,
      cell: ({ product }) => <bdi>{product}</bdi>,
      narrowing: ({ product }) => narrowed(props, 'product', exactTerm('product', product)),
    },
    {
      name: 'version',
      title: 'Version',
      value: ({ version }) => version,
      narrowing: ({ version }) => narrowed(props, 'version', exactTerm('version', version)),
      cell: ({ version }) => (
        <a href={narrowed(props, 'version', exactTerm('version', version)).filterHref}>
          <bdi>{version}</bdi>
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
      title: 'Share',
      isNumeric: true,
      unit: 'of all',
      value: ({ count }) => Number(((100 * count) / Math.max(1, total)).toFixed(2)),
      cell: ({ count }) => shareText(count, total),
    },
    {
      name: 'installations',
      title: 'Installations',
      isNumeric: true,
      unit: 'installations',
      value: ({ installations }) => installations,
      cell: ({ installations }) => (installations === undefined ? '—' : formatCount(installations)),
    },
  ];
  return (
    <section class="panel-wide">
      <DataTable
        caption="Products and versions"
        name="versions"
        columns={columns}
        rows={[...rows].sort((one, other) => other.count - one.count).slice(0, 15)}
        rowKey={({ product, version }) => `${product} ${version}`}
        tools={{ beside: <h2>Product and version</h2> }}
      />
    </section>
  );
}

// Minutes.
const kUptimes: readonly (readonly [string, number, number])[] = [
  ['< 1 min', 0, 1],
  ['1–5 min', 1, 5],
  ['5–15 min', 5, 15],
  ['15–60 min', 15, 60],
  ['> 1 h', 60, Infinity],
];

export function uptimeRanges(terms: readonly FacetTerm[]): readonly FacetTerm[] {
  return kUptimes.map(([term, from, to]) => ({
    term,
    weighted: undefined,
    facets: kNoFacets,
    count: terms
      .filter(({ term: start }) => Number(start) >= from * 60 && Number(start) < to * 60)
      .reduce((sum, { count }) => sum + count, 0),
  }));
}

function Uptimes({ conditions }: TabProps): VNode | null {
  // Crash Stats' name of it, and that of the clients' own clock.
  const field = fieldByWord('uptime') === undefined ? 'uptime_ts' : 'uptime';
  const { value } = useCounts({
    conditions,
    facets: [`_histogram.${field}`],
    more: [[`_histogram_interval.${field}`, '60']],
  });
  const terms = value === undefined ? [] : termsOf(value.facets, `histogram_${field}`);
  return value === undefined || terms.length === 0 ? null : (
    <FacetTable title="Uptime" terms={uptimeRanges(terms)} total={value.total} />
  );
}
