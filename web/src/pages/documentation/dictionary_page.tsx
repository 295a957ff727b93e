// The data dictionary: all annotations and fields, what they are, and who may see them.
import type { VNode } from 'preact';
import { askDictionary, recentDictionary, termPath, type Dictionary, type Term } from '../../api/dictionary';
import {
  dictionaryPath,
  findTerms,
  kAllTerms,
  parseDictionaryQuery,
  type DictionaryQuery,
} from '../../api/dictionary_query';
import { countOf } from '../../base/format';
import type { PageProps } from '../../base/page';
import { Choices, type Choice } from '../../widgets/choices';
import { breakable } from '../../widgets/code_name';
import { DataTable, type Column } from '../../widgets/data_table';
import { EmptyList } from '../../widgets/empty_list';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { TextFilter } from '../../widgets/text_filter';
import { useRemote } from '../../widgets/use_remote';
import { DocumentationFrame } from './documentation_frame';

export function DictionaryPage({ query: parameters, navigate }: PageProps): VNode {
  const { value: dictionary, problem } = useRemote<Dictionary>({
    key: 'dictionary',
    ask: askDictionary,
    recent: recentDictionary(),
  });
  return (
    <DocumentationFrame tab="/documentation/datadictionary" title="Data dictionary">
      {dictionary !== undefined ? (
        <DictionaryView
          dictionary={dictionary}
          query={parseDictionaryQuery(parameters)}
          navigate={navigate}
        />
      ) : problem === undefined ? (
        <Loading />
      ) : (
        <ProblemView problem={problem} />
      )}
    </DocumentationFrame>
  );
}

interface DictionaryViewProps {
  readonly dictionary: Dictionary;
  readonly query: DictionaryQuery;
  readonly navigate: (path: string) => void;
}

export function DictionaryView({ dictionary, query, navigate }: DictionaryViewProps): VNode {
  const terms = findTerms(dictionary, query);
  return (
    <>
      <Filters query={query} count={terms.length} navigate={navigate} />
      {terms.length === 0 ? (
        <NothingFound query={query} />
      ) : (
        <DataTable
          caption="Data dictionary"
          name="dictionary"
          columns={kColumns}
          rows={terms}
          rowKey={({ set, name }) => `${set} ${name}`}
          onOpen={(term) => navigate(termPath(term))}
        />
      )}
    </>
  );
}

type Change = Partial<DictionaryQuery>;

// Each group of choices: what it is about, and of each choice its words and what it changes.
const kChoices: readonly (readonly [string, readonly (readonly [string, Change])[]])[] = [
  [
    'Where from',
    [
      ['All', { set: undefined }],
      ['Sent by clients', { set: 'annotation' }],
      ['Made by the server', { set: 'field' }],
    ],
  ],
  [
    'Access',
    [
      ['Any', { isPublic: undefined }],
      ['Public', { isPublic: true }],
      ['Protected', { isPublic: false }],
    ],
  ],
  [
    'Use',
    [
      ['All uses', { isSearchable: false }],
      ['Can be searched', { isSearchable: true }],
    ],
  ],
];

interface FiltersProps {
  readonly query: DictionaryQuery;
  readonly count: number;
  readonly navigate: (path: string) => void;
}

function Filters({ query, count, navigate }: FiltersProps): VNode {
  const choiceOf = ([text, change]: readonly [string, Change]): Choice => {
    const href = dictionaryPath(query, change);
    return { text, href, chosen: href === dictionaryPath(query) };
  };
  return (
    <div class="status-line">
      <p>
        <strong role="status">{countOf(count, 'term', 'terms')}</strong>
      </p>
      {kChoices.map(([label, choices]) => (
        <Choices key={label} label={label} choices={choices.map(choiceOf)} />
      ))}
      <TextFilter
        fields={[{ name: 'q', label: 'Words of the name or what it is', value: query.text }]}
        onFilter={(values) => navigate(dictionaryPath(query, { text: values['q'] ?? '' }))}
        clearHref={query.text === '' ? undefined : dictionaryPath(query, { text: '' })}
      />
    </div>
  );
}

function NothingFound({ query }: { query: DictionaryQuery }): VNode {
  return (
    <EmptyList title="No term matches">
      {query.text !== '' && (
        <p>
          None has “{query.text}” in its name or description
          {query.set !== undefined || query.isPublic !== undefined || query.isSearchable
            ? ', with the choices above'
            : ''}
          .
        </p>
      )}
      <p>
        <a href={dictionaryPath(kAllTerms)}>Show all terms</a>
      </p>
    </EmptyList>
  );
}

const kColumns: readonly Column<Term>[] = [
  {
    name: 'name',
    title: 'Name',
    value: ({ name }) => name,
    cell: (term) => (
      <a class="mono" href={termPath(term)}>
        {breakable(term.name.replaceAll('_', '_\u200b'))}
      </a>
    ),
  },
  {
    name: 'field',
    title: 'Field',
    hint: 'Its name in processed crashes and in searches',
    value: ({ field }) => field,
    cell: ({ field, name }) => (field === name ? '' : <span class="mono quiet">{field}</span>),
  },
  {
    name: 'permission',
    title: 'Access',
    value: ({ isPublic }) => (isPublic ? 'public' : 'protected'),
    cell: ({ isPublic }) => (isPublic ? 'public' : <span class="protected">protected</span>),
  },
  {
    name: 'type',
    title: 'Type',
    value: ({ type }) => type,
    cell: ({ type }) => <span class="quiet">{type}</span>,
  },
  {
    name: 'search',
    title: 'Search',
    hint: 'How it is searched; empty: it is not',
    value: ({ search }) => search,
    cell: ({ search }) => <span class="quiet">{search}</span>,
  },
  {
    name: 'description',
    title: 'What it is',
    value: ({ description }) => description,
    cell: ({ description }) => description,
  },
];
