// In place of pings that are not shown alone: how many there are of a signature and product, if enough clients sent them.
import type { VNode } from 'preact';
import { countsOf, type PingAggregates, type PingCount, type PingGroup } from '../api/ping_aggregates';
import { exactSignature, exactTerm, searchPath } from '../api/search_query';
import { signaturePath } from '../api/signature';
import { timeAxis, valuesOn } from '../api/time_buckets';
import { countOf, formatCount } from '../base/format';
import { CodeName } from './code_name';
import { DataTable, type Column } from './data_table';
import { shareText } from './facet_table';
import { TimeChart } from './time_chart';
import './ping_group.css';

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

export interface PingGroupViewProps {
  readonly aggregates: PingAggregates;
  readonly title: string;
}

export function PingGroupView({ aggregates, title }: PingGroupViewProps): VNode {
  const { group, clientsMin, days } = aggregates;
  if (group === undefined) {
    return (
      <>
        <h2>{title}</h2>
        <p>
          In {days} days fewer than {clientsMin} clients sent such pings, so nothing is told of them: with so
          few, a count may say who it was.
        </p>
      </>
    );
  }
  const { signature, product, pings, clients } = group;
  const reports = [exactSignature(signature), exactTerm('product', product), exactTerm('kind', 'report')];
  return (
    <>
      <h2>
        {title}, in {days} days
      </h2>
      <p class="signature">
        <a href={signaturePath([exactSignature(signature), exactTerm('product', product)], 'pings')}>
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
