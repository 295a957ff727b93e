// What crashes of the signature have more often than other crashes of the same search, or less often.
import type { VNode } from 'preact';
import { fieldTitle } from '../../api/search_fields';
import { exactTerm, termText, type Condition } from '../../api/search_query';
import {
  askCorrelations,
  correlationsApiPath,
  type Correlation,
  type Correlations,
  type SignatureQuery,
} from '../../api/signature';
import { stackText } from '../../api/stack_query';
import { countOf, formatCount } from '../../base/format';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { DataTable, type Column } from '../../widgets/data_table';
import { useFields } from '../../widgets/field_select';
import { NothingFound, type Wanted } from '../../widgets/nothing_found';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';
import { narrowed } from './summary';
import { emptied, type TabProps } from './tab_props';

const kOlder: ProblemWords = {
  title: 'No correlations here',
  advice: 'This server does not compare signatures: it is older than this page.',
};
const kOwnWords: Partial<Record<ProblemKind, ProblemWords>> = { 'bad-answer': kOlder, 'no-service': kOlder };

export function CorrelationsTab(props: TabProps): VNode {
  useFields();
  const { query } = props;
  const { value, problem } = useRemote<Correlations>({
    key: correlationsApiPath(query),
    ask: (signal) => askCorrelations(query, signal),
    recent: undefined,
  });
  if (problem !== undefined) return <ProblemView problem={problem} words={kOwnWords} />;
  if (value === undefined) return <Loading />;
  if (value.rows.length === 0)
    return <NothingFound {...emptied(query, props.pathOf)} wanted={wantedOf(query)} />;
  return <CorrelationTable found={value} {...props} />;
}

function wantedOf(query: SignatureQuery): Wanted {
  return {
    title: 'Nothing stands out',
    words: 'No value is clearly more or less frequent in these crashes than in the others.',
    unit: ['value that stands out', 'values that stand out'],
    count: async (conditions, signal) => {
      const others = conditions.filter(({ field }) => field !== 'signature');
      const answer = await askCorrelations({ ...query, conditions: others }, signal);
      return answer.ok ? answer.value.rows.length : undefined;
    },
  };
}

// Of modules in the crashing stack, which are no field of a search.
const kModuleField = 'module_in_stack';

function conditionOf({ field, term }: Correlation): Condition {
  if (field !== kModuleField) return exactTerm(field, term);
  return {
    field: 'stack(crashing)',
    operator: '',
    negated: false,
    value: stackText([{ words: [{ kind: 'module', match: 'is', text: term }], gapMax: 0 }]),
  };
}

function titleOf({ field }: Correlation): string {
  return field === kModuleField ? 'Module in the stack' : fieldTitle(field);
}

const percent = (value: number): string => `${value.toFixed(value < 9.95 ? 1 : 0)} %`;
const signed = (value: number): string => {
  const rounded = Math.round(value);
  return rounded === 0 ? '0' : `${rounded < 0 ? '−' : '+'}${Math.abs(rounded)}`;
};

function columnsOf(props: TabProps): readonly Column<Correlation>[] {
  return [
    { name: 'field', title: 'Field', value: ({ field }) => field, cell: titleOf },
    {
      name: 'term',
      title: 'Value',
      value: ({ term }) => term,
      narrowing: (row) => narrowed(props, titleOf(row), conditionOf(row)),
      cell: (row) => (
        <a href={narrowed(props, titleOf(row), conditionOf(row)).filterHref}>
          <bdi>{termText(row.field, row.term)}</bdi>
        </a>
      ),
    },
    {
      name: 'own',
      title: 'This signature',
      isNumeric: true,
      unit: 'here',
      value: (row) => Number(row.percent.toFixed(2)),
      cell: (row) => percent(row.percent),
    },
    {
      name: 'other',
      title: 'Other crashes',
      isNumeric: true,
      unit: 'elsewhere',
      value: (row) => Number(row.otherPercent.toFixed(2)),
      cell: (row) => percent(row.otherPercent),
    },
    { name: 'bars', title: 'Compared', cell: (row) => <Bars row={row} /> },
    {
      name: 'difference',
      title: 'Difference',
      isNumeric: true,
      unit: 'points',
      hint: 'Percentage points, with the 95 % interval',
      value: (row) => Number(row.difference.toFixed(2)),
      cell: ({ difference, low, high }) => (
        <>
          {signed(difference)}{' '}
          <small class="quiet">
            ({signed(low)} to {signed(high)})
          </small>
        </>
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
  ];
}

export function CorrelationTable({ found, ...props }: TabProps & { found: Correlations }): VNode {
  return (
    <DataTable
      caption="What is more or less frequent in crashes of this signature"
      name="correlations"
      columns={columnsOf(props)}
      rows={found.rows}
      rowKey={({ field, term }) => `${field} ${term}`}
      tools={{
        beside: (
          <p class="quiet">
            {countOf(found.total, 'crash', 'crashes')} of this signature beside{' '}
            {formatCount(found.otherTotal)} others of the same search
          </p>
        ),
      }}
    />
  );
}

function Bars({ row }: { row: Correlation }): VNode {
  return (
    <span class="twin-bars" aria-hidden="true">
      <i style={{ width: `${Math.min(100, row.percent)}%` }} />
      <i class="other" style={{ width: `${Math.min(100, row.otherPercent)}%` }} />
    </span>
  );
}
