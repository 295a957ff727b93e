// The crashes of the signature, in columns that the address holds.
import { useCallback, useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import { recentSearch, search, searchApiPath, type Hit, type SearchPage } from '../../api/search';
import { parseSearchParameters, plainQuery, settingsOf, type SearchQuery } from '../../api/search_query';
import { reportPath } from '../../base/crash_id';
import { ColumnChoice } from '../../widgets/column_choice';
import { crashColumns } from '../../widgets/crash_columns';
import { DataTable } from '../../widgets/data_table';
import { useFields } from '../../widgets/field_select';
import { Paging } from '../../widgets/paging';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';
import type { TabProps } from './tab_props';

const kUsual: SearchQuery = {
  ...plainQuery([]),
  columns: ['date', 'kind', 'product', 'version', 'build_id', 'platform', 'reason', 'address'],
  facets: [],
};

export function Reports({ conditions, parameters, navigate, pathOf }: TabProps): VNode {
  useFields();
  const query = useMemo(
    () => ({ ...parseSearchParameters(parameters, kUsual), conditions }),
    [parameters.toString()],
  );
  const pathTo = useCallback(
    (change: Partial<SearchQuery>) => {
      const changed = { ...query, page: 0, cursor: undefined, ...change };
      return pathOf({ conditions: changed.conditions, more: settingsOf(changed, kUsual) });
    },
    [query, pathOf],
  );
  const key = searchApiPath(query);
  const { value, valueKey, problem } = useRemote<SearchPage>({
    key,
    ask: (signal) => search(query, signal),
    recent: recentSearch(query),
  });
  const columns = useMemo(() => crashColumns(query, pathTo), [query, pathTo]);
  if (value === undefined) return problem === undefined ? <Loading /> : <ProblemView problem={problem} />;
  return (
    <div class={valueKey === key ? undefined : 'late'} aria-busy={valueKey !== key}>
      <DataTable
        caption="Crashes of this signature"
        name="crashes"
        columns={columns}
        rows={value.hits}
        rowKey={(hit: Hit) => hit.id}
        onOpen={(hit) => navigate(reportPath(hit.id))}
        tools={{
          canChoose: false,
          beside: (
            <ColumnChoice
              columns={query.columns}
              onChange={(names) => navigate(pathTo({ columns: names }))}
            />
          ),
        }}
      />
      <Paging query={query} found={value} pathOf={pathTo} />
    </div>
  );
}
