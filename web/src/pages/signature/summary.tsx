// What the crashes of the signature have in common, a table for each kind of fact.
import type { VNode } from 'preact';
import type { FacetTerm } from '../../api/search_facets';
import { termsOf } from '../../api/search_facets';
import { exactTerm, termText, withCondition, type Condition } from '../../api/search_query';
import { formatCount } from '../../base/format';
import { DataTable, type Column } from '../../widgets/data_table';
import { shareText, FacetTable } from '../../widgets/facet_table';
import { useCounts } from '../../widgets/use_counts';
import type { TabProps } from './tab_props';

const kFields = [
  { field: 'platform_version', title: 'Operating system' },
  { field: 'process_type', title: 'Process type' },
  { field: 'cpu_arch', title: 'Architecture' },
  { field: 'reason', title: 'Reason' },
] as const;

export function Summary(props: TabProps): VNode {
  return (
    <div class="panels">
      <Products {...props} />
      {kFields.map(({ field, title }) => <Panel key={field} field={field} title={title} isOptional {...props} />)}
      <Uptimes {...props} />
      <Panel field="android_model" title="Device" isOptional {...props} />
      <Panel field="adapter_vendor_id" title="Graphics adapter" deeper="adapter_device_id" isOptional {...props} />
    </div>
  );
}

export function narrowed({ conditions, pathOf }: TabProps, title: string, condition: Condition) {
  return {
    what: `${title} ${condition.value}`,
    filterHref: pathOf({ conditions: withCondition(conditions, condition) }),
    excludeHref: pathOf({ conditions: withCondition(conditions, { ...condition, negated: !condition.negated }) }),
  };
}

interface PanelProps extends TabProps {
  readonly field: string;
  readonly title: string;
  // A field counted within each value.
  readonly deeper?: string;
  // Not shown where no crash has a value.
  readonly isOptional?: boolean;
}

const kPanelRows = 10;

function Panel({ field, title, deeper, isOptional = false, ...props }: PanelProps): VNode | null {
  const { value, problem } = useCounts({
    conditions: props.conditions, facets: [field], facetsSize: kPanelRows, ...(deeper !== undefined && { more: [[`_aggs.${field}`, deeper] as const] }),
  });
  const terms = value === undefined ? [] : termsOf(value.facets, field);
  if (problem !== undefined || value === undefined || (isOptional && terms.length === 0)) return null;
  const rows = deeper === undefined ? terms : terms.flatMap((term) => pairsOf(term, deeper));
  return (
    <FacetTable
      title={title}
      terms={rows}
      total={value.total}
      textOf={(term) => termText(field, term)}
      {...(deeper === undefined && { narrowingOf: (term: string) => narrowed(props, title, exactTerm(field, term)) })}
    />
  );
}

function pairsOf(term: FacetTerm, deeper: string): readonly FacetTerm[] {
  const inner = termsOf(term.facets, deeper);
  return inner.length === 0 ? [term] : inner.map((one) => ({ ...one, term: `${term.term} / ${one.term}` }));
}

interface ProductRow {
  readonly product: string;
  readonly version: string;
  readonly count: number;
  readonly installations: number | undefined;
}

function Products(props: TabProps): VNode | null {
  const facets = { conditions: props.conditions, facets: ['product'], facetsSize: 30 };
  const counted = useCounts({ ...facets, more: [['_aggs.product', 'version'], ['_aggs.product.version', '_cardinality.client']] });
  if (counted.problem !== undefined) return <Panel field="version" title="Version" {...props} />;
  if (counted.value === undefined) return null;
  const { total } = counted.value;
  const rows: readonly ProductRow[] = termsOf(counted.value.facets, 'product').flatMap(({ term: product, facets: inner }) =>
    termsOf(inner, 'version').map(({ term: version, count, facets: deepest }) => ({ product, version, count, installations: deepest.values.get('cardinality_client') })));
  const columns: readonly Column<ProductRow>[] = [
    { name: 'product', title: 'Product', value: ({ product }) => product, cell: ({ product }) => <bdi>{product}</bdi>, narrowing: ({ product }) => narrowed(props, 'product', exactTerm('product', product)) },
    {
      name: 'version', title: 'Version', value: ({ version }) => version, narrowing: ({ version }) => narrowed(props, 'version', exactTerm('version', version)),
      cell: ({ version }) => <a href={narrowed(props, 'version', exactTerm('version', version)).filterHref}><bdi>{version}</bdi></a>,
    },
    { name: 'count', title: 'Crashes', isNumeric: true, unit: 'crashes', value: ({ count }) => count, cell: ({ count }) => formatCount(count) },
    { name: 'share', title: 'Share', isNumeric: true, unit: 'of all', value: ({ count }) => Number(((100 * count) / Math.max(1, total)).toFixed(2)), cell: ({ count }) => shareText(count, total) },
    { name: 'installations', title: 'Installations', isNumeric: true, unit: 'installations', value: ({ installations }) => installations, cell: ({ installations }) => (installations === undefined ? '—' : formatCount(installations)) },
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
  ['< 1 min', 0, 1], ['1–5 min', 1, 5], ['5–15 min', 5, 15], ['15–60 min', 15, 60], ['> 1 h', 60, Infinity],
];

export function uptimeRanges(terms: readonly FacetTerm[]): readonly FacetTerm[] {
  return kUptimes.map(([term, from, to]) => ({
    term, weighted: undefined, facets: { terms: new Map(), values: new Map() },
    count: terms.filter(({ term: start }) => Number(start) >= from * 60 && Number(start) < to * 60).reduce((sum, { count }) => sum + count, 0),
  }));
}

function Uptimes(props: TabProps): VNode | null {
  const { value, problem } = useCounts({ conditions: props.conditions, facets: ['_histogram.uptime'], facetsSize: 10_000, more: [['_histogram_interval.uptime', '60']] });
  if (problem !== undefined || value === undefined) return null;
  const terms = termsOf(value.facets, 'histogram_uptime');
  if (terms.length === 0) return null;
  return <FacetTable title="Uptime" terms={uptimeRanges(terms)} total={value.total} />;
}
