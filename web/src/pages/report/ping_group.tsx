// In place of a ping that is not shown alone: how many there are like it, if enough clients sent them.
import type { VNode } from 'preact';
import { countsOf, type PingAggregates, type PingCount, type PingGroup } from '../../api/ping_aggregates';
import { exactSignature, exactTerm, searchPath } from '../../api/search_query';
import { timeAxis, valuesOn } from '../../api/time_buckets';
import { countOf, formatCount } from '../../base/format';
import { CodeName } from '../../widgets/code_name';
import { DataTable, type Column } from '../../widgets/data_table';
import { shareText } from '../../widgets/facet_table';
import { TimeChart } from '../../widgets/time_chart';

const kFields: readonly (readonly [string, string])[] = [
  ['version', 'Version'],
  ['release_channel', 'Channel'],
  ['platform', 'Platform'],
  ['process_type', 'Process'],
  ['cpu_arch', 'CPU'],
  ['reason', 'Reason'],
];
const kHeightPx = 160;
const kDayS = 86_400;

export function PingGroupView({ aggregates }: { aggregates: PingAggregates }): VNode {
  const { group, clientsMin, days } = aggregates;
  if (group === undefined) {
    return (
      <p>
        In {days} days fewer than {clientsMin} clients sent pings like it, so nothing is told of them: with so
        few, a count may say who it was.
      </p>
    );
  }
  const { signature, product, pings, clients } = group;
  const reports = [exactSignature(signature), exactTerm('product', product), exactTerm('kind', 'report')];
  return (
    <>
      <h2>Pings like it, in {days} days</h2>
      <p class="signature">
        <a href={`/signature/?${new URLSearchParams({ signature })}`}>
          <CodeName name={signature} />
        </a>
      </p>
      <p>
        {countOf(pings, 'ping', 'pings')} of {countOf(clients, 'client', 'clients')} of {product} have this
        signature. <a href={searchPath(reports)}>Reports with it</a> show stacks of all threads, modules and
        annotations.
      </p>
      <Days group={group} days={days} />
      <div class="facet-row">
        {kFields.map(([field, title]) => (
          <Counts key={field} field={field} title={title} group={group} clientsMin={clientsMin} />
        ))}
      </div>
      <p class="quiet">Values and days of fewer than {clientsMin} clients are left out.</p>
    </>
  );
}

function Days({ group, days }: { group: PingGroup; days: number }): VNode {
  const nowS = Date.now() / 1000;
  const axis = timeAxis({ fromS: nowS - days * kDayS, toS: nowS }, 'day');
  return (
    <TimeChart
      title="Pings per day"
      times={axis.times}
      stepS={axis.stepS}
      series={[{ label: 'Pings', values: valuesOn(axis, group.facets.terms.get('histogram_date') ?? []) }]}
      shape="bars"
      heightPx={kHeightPx}
    />
  );
}

function Counts({
  field,
  title,
  group,
  clientsMin,
}: {
  field: string;
  title: string;
  group: PingGroup;
  clientsMin: number;
}): VNode {
  const rows = countsOf(group, field);
  if (rows.length === 0) {
    return (
      <section>
        <h3>{title}</h3>
        <p class="quiet">No value of {clientsMin} clients or more.</p>
      </section>
    );
  }
  const columns: readonly Column<PingCount>[] = [
    { name: 'term', title, value: ({ term }) => term, cell: ({ term }) => <bdi>{term}</bdi> },
    {
      name: 'pings',
      title: 'Pings',
      isNumeric: true,
      unit: 'pings',
      value: ({ pings }) => pings,
      cell: ({ pings }) => <span title={shareText(pings, group.pings)}>{formatCount(pings)}</span>,
    },
    {
      name: 'clients',
      title: 'Clients',
      isNumeric: true,
      unit: 'clients',
      value: ({ clients }) => clients,
      cell: ({ clients }) => formatCount(clients),
    },
  ];
  return (
    <DataTable
      caption={`Pings by ${title}`}
      name="ping-counts"
      columns={columns}
      rows={rows}
      rowKey={({ term }) => term}
      tools={{ beside: <h3>{title}</h3> }}
    />
  );
}
