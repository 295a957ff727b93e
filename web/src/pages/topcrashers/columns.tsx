// The columns of the table of top crashers.
import type { VNode } from 'preact';
import type { Bug } from '../../api/bugs';
import type { BugsBySignature } from '../../api/bugs_of_signatures';
import type { TopCrasher } from '../../api/top_crashers';
import { datedConditions, topPath, type TopQuery } from '../../api/top_crashers';
import { exactSignature, exactTerm, searchPath, withCondition, type Condition } from '../../api/search_query';
import { signaturePath } from '../../api/signature';
import { formatCount } from '../../base/format';
import { BugLinks } from '../../widgets/bug_links';
import { CodeName } from '../../widgets/code_name';
import type { Column } from '../../widgets/data_table';
import { intervalText, roundEstimate } from '../../widgets/estimate';

// Smaller moves come from chance.
const kMinMove = 5;
// Three lines of the column.
const kMaxSignature = 120;

export function topColumns(query: TopQuery, bugs: BugsBySignature): readonly Column<TopCrasher>[] {
  const dated = datedConditions(query);
  return [
    { name: 'rank', title: 'Rank', isNumeric: true, unit: 'rank', value: ({ rank }) => rank, cell: rankCell },
    {
      name: 'signature',
      title: 'Signature',
      value: ({ signature }) => signature,
      cell: (row) => signatureCell(row, dated),
      narrowing: ({ signature }) => narrowingOf(query, signature),
    },
    {
      name: 'count',
      title: 'Crashes',
      isNumeric: true,
      unit: 'crashes',
      value: ({ count }) => count,
      cell: (row) => <Linked count={row.count} row={row} conditions={dated} />,
    },
    {
      name: 'percent',
      title: '%',
      isNumeric: true,
      unit: '%',
      hint: 'Share of all crashes of this search',
      value: ({ percent }) => rounded(percent),
      cell: ({ percent }) => percent.toFixed(1),
    },
    {
      name: 'change',
      title: 'Change',
      isNumeric: true,
      unit: 'points',
      hint: 'Percentage points more or less than in the time of equal length before',
      value: changeOf,
      cell: changeCell,
    },
    {
      name: 'estimate',
      title: 'Estimate',
      isNumeric: true,
      unit: 'estimated',
      hint: 'How many crashes there were, with those that were not kept',
      value: ({ weighted }) => weighted?.count,
      cell: estimateCell,
    },
    {
      name: 'installations',
      title: 'Installations',
      isNumeric: true,
      unit: 'installations',
      value: ({ installations }) => installations,
      cell: ({ installations }) => (installations === undefined ? '—' : formatCount(installations)),
    },
    ...platformColumns(dated),
    ...factColumns(bugs),
  ];
}

function platformColumns(dated: readonly Condition[]): readonly Column<TopCrasher>[] {
  const platform = (name: string, title: string, value: string): Column<TopCrasher> => ({
    name,
    title,
    isNumeric: true,
    unit: title,
    hint: `Crashes on ${value}`,
    value: (row) => row.platforms.get(value) ?? 0,
    cell: (row) => (
      <Linked
        count={row.platforms.get(value) ?? 0}
        row={row}
        conditions={[...dated, exactTerm('platform', value)]}
      />
    ),
  });
  return [
    platform('win', 'Win', 'Windows'),
    platform('mac', 'Mac', 'Mac OS X'),
    platform('lin', 'Lin', 'Linux'),
    { ...platform('android', 'Android', 'Android'), isOptional: true },
  ];
}

function factColumns(bugs: BugsBySignature): readonly Column<TopCrasher>[] {
  const bugsOf = ({ signature }: TopCrasher): readonly Bug[] => bugs.get(signature) ?? [];
  return [
    {
      name: 'gc',
      title: 'GC',
      isNumeric: true,
      unit: 'in GC',
      hint: 'Crashes while collecting garbage',
      value: ({ collecting }) => collecting,
      cell: ({ collecting }) => formatCount(collecting),
    },
    {
      name: 'first',
      title: 'First seen',
      value: ({ firstSeen }) => firstSeen?.toISOString().slice(0, 10),
      cell: firstCell,
    },
    {
      name: 'build',
      title: 'First build',
      isOptional: true,
      value: ({ firstBuild }) => firstBuild,
      cell: ({ firstBuild }) => firstBuild ?? '—',
    },
    {
      name: 'process',
      title: 'Processes',
      isOptional: true,
      value: (row) => wordsOf(row.processTypes),
      cell: (row) => wordsOf(row.processTypes),
    },
    {
      name: 'bugs',
      title: 'Bugs',
      value: (row) =>
        bugsOf(row)
          .map(({ id }) => id)
          .join(' '),
      cell: (row) => <BugLinks bugs={bugsOf(row)} />,
    },
  ];
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function wordsOf(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${name} ${formatCount(count)}`).join(', ');
}

function rankCell({ rank, previousRank }: TopCrasher): VNode {
  if (previousRank === undefined)
    return (
      <>
        {rank}{' '}
        <span class="move new" title="Not in the time before">
          new
        </span>
      </>
    );
  const move = previousRank - rank;
  if (Math.abs(move) < kMinMove) return <>{rank}</>;
  const words = `${Math.abs(move)} places ${move > 0 ? 'up' : 'down'}: was ${previousRank}`;
  return (
    <>
      {rank}{' '}
      <span class={move > 0 ? 'move up' : 'move down'} title={words} aria-label={words}>
        {move > 0 ? '▲' : '▼'}
        {Math.abs(move)}
      </span>
    </>
  );
}

function changeOf({ percent, previousPercent }: TopCrasher): number | undefined {
  return previousPercent === undefined ? undefined : rounded(percent - previousPercent);
}

function changeCell(row: TopCrasher): VNode {
  const change = changeOf(row);
  if (change === undefined) return <span class="quiet">new</span>;
  const text = Math.abs(change) < 0.05 ? '0.0' : `${change > 0 ? '+' : '−'}${Math.abs(change).toFixed(1)}`;
  return <span class={Math.abs(change) < 1 ? 'quiet' : undefined}>{text}</span>;
}

function estimateCell({ weighted }: TopCrasher): VNode {
  if (weighted === undefined) return <span class="quiet">—</span>;
  return (
    <span title={`95 % interval ${intervalText(weighted)}`}>
      {formatCount(roundEstimate(weighted.count))}{' '}
      {weighted.low < weighted.high && <small class="quiet">{intervalText(weighted)}</small>}
    </span>
  );
}

function Linked({
  count,
  row,
  conditions,
}: {
  count: number;
  row: TopCrasher;
  conditions: readonly Condition[];
}): VNode {
  if (count === 0) return <span class="quiet">0</span>;
  return (
    <a
      href={searchPath(withCondition(conditions, exactTerm('signature', row.signature)))}
      title="Show these crashes"
    >
      {formatCount(count)}
    </a>
  );
}

function signatureCell(row: TopCrasher, conditions: readonly Condition[]): VNode {
  if (row.signature === '') return <span class="quiet">no signature</span>;
  return (
    <>
      <a href={signaturePath([exactSignature(row.signature), ...conditions])} title={row.signature}>
        <CodeName name={row.signature} lengthMax={kMaxSignature} />
      </a>
      {marksOf(row).map(({ text, why }) => (
        <span key={text} class="badge mark-of" title={why}>
          {text}
        </span>
      ))}
    </>
  );
}

interface Mark {
  readonly text: string;
  readonly why: string;
}

export function marksOf({
  signature,
  count,
  startup,
  firstMinute,
  processTypes,
}: TopCrasher): readonly Mark[] {
  const marks: Mark[] = [];
  if (count > 0 && startup === count)
    marks.push({ text: 'startup', why: 'All of them happened while starting' });
  else if (startup > 0 || (count > 0 && firstMinute / count > 0.5)) {
    const parts = [
      startup > 0 ? `${formatCount(startup)} while starting` : '',
      `${formatCount(firstMinute)} in the first minute`,
    ];
    if (startup / count > 0.5 || firstMinute / count > 0.5)
      marks.push({
        text: 'startup?',
        why: `Of ${formatCount(count)}: ${parts.filter((part) => part !== '').join(', ')}`,
      });
  }
  if (/^(shutdownhang|hang)\b|IPCError-browser \| ShutDownKill/.test(signature))
    marks.push({ text: 'hang', why: 'The program did not answer, and was ended' });
  for (const [name, own] of processTypes) {
    if (name !== 'main' && name !== 'parent' && name !== 'browser' && own === count)
      marks.push({ text: name, why: `All of them in processes of the type ${name}` });
  }
  return marks;
}

function firstCell({ firstSeen, firstBuild }: TopCrasher): VNode {
  if (firstSeen === undefined) return <span class="quiet">unknown</span>;
  const day = firstSeen.toISOString().slice(0, 10);
  return (
    <time
      dateTime={firstSeen.toISOString()}
      title={firstBuild === undefined ? undefined : `In the build ${firstBuild}`}
    >
      {day}
    </time>
  );
}

function narrowingOf(query: TopQuery, signature: string) {
  const condition = exactTerm('signature', signature);
  return {
    what: `the signature ${signature}`,
    filterHref: signaturePath([exactSignature(signature), ...datedConditions(query)]),
    excludeHref: topPath(query, {
      conditions: withCondition(query.conditions, { ...condition, negated: true }),
    }),
  };
}
