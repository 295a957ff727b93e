// Who saw or changed what, and when.
import type { VNode } from 'preact';
import {
  askAudit,
  auditApiPath,
  auditPath,
  parseAuditQuery,
  type AuditEntry,
  type AuditPage as Found,
  type AuditQuery,
} from '../../api/users';
import { parseCrashId, reportPath } from '../../base/crash_id';
import { formatTime } from '../../base/format';
import type { PageProps } from '../../base/page';
import { DataTable, type Column } from '../../widgets/data_table';
import { EmptyList } from '../../widgets/empty_list';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { TextFilter } from '../../widgets/text_filter';
import { useRemote } from '../../widgets/use_remote';
import { AdminFrame, kAdminWords } from './admin_frame';

export function AuditPage({ query: parameters, navigate }: PageProps): VNode {
  const query = parseAuditQuery(parameters);
  return (
    <AdminFrame
      tab="/admin/audit"
      title="Audit log"
      lead={<p class="quiet">Reads of protected data and changes of this server, the newest first.</p>}
    >
      <TextFilter
        fields={[
          { name: 'who', label: 'Who', value: query.who },
          { name: 'action', label: 'What was done', value: query.action },
        ]}
        onFilter={(values) =>
          navigate(auditPath({ who: values['who'] ?? '', action: values['action'] ?? '', before: undefined }))
        }
        clearHref={
          query.who !== '' || query.action !== ''
            ? auditPath({ who: '', action: '', before: undefined })
            : undefined
        }
      />
      <Entries query={query} />
    </AdminFrame>
  );
}

function Entries({ query }: { query: AuditQuery }): VNode {
  const key = auditApiPath(query);
  const { value, valueKey, problem } = useRemote<Found>({
    key,
    ask: (signal) => askAudit(query, signal),
    recent: undefined,
  });
  if (value === undefined || problem !== undefined)
    return problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kAdminWords} />;
  return (
    <div class={valueKey === key ? undefined : 'late'} aria-busy={valueKey !== key}>
      <AuditList query={query} found={value} />
    </div>
  );
}

export function AuditList({ query, found }: { query: AuditQuery; found: Found }): VNode {
  if (found.entries.length === 0) {
    const filters = [
      { words: `by ${query.who}`, isSet: query.who !== '', without: { ...query, who: '' } },
      { words: `that is “${query.action}”`, isSet: query.action !== '', without: { ...query, action: '' } },
    ].filter(({ isSet }) => isSet);
    return (
      <EmptyList title="No entry matches">
        <p>
          {filters.length === 0
            ? 'Nothing was written down before that.'
            : `Nothing ${filters.map(({ words }) => words).join(' and ')} was written down.`}
        </p>
        {filters.map(({ words, without }) => (
          <p key={words}>
            <a href={auditPath({ ...without, before: undefined })}>
              Leave out <b>{words}</b>
            </a>
          </p>
        ))}
      </EmptyList>
    );
  }
  return (
    <>
      <DataTable
        caption="Audit log"
        name="audit"
        columns={kColumns}
        rows={found.entries}
        rowKey={({ id }) => String(id)}
      />
      <nav class="paging" aria-label="Pages">
        {query.before !== undefined && <a href={auditPath({ ...query, before: undefined })}>« Newest</a>}
        {found.next !== undefined && <a href={auditPath({ ...query, before: found.next })}>Older ›</a>}
        <a class="api" href={auditApiPath(query)} target="_blank" rel="noreferrer">
          Same data as JSON
        </a>
      </nav>
    </>
  );
}

const kColumns: readonly Column<AuditEntry>[] = [
  {
    name: 'time',
    title: 'Time (UTC)',
    value: ({ when }) => (when === undefined ? undefined : formatTime(when)),
    cell: ({ when }) =>
      when === undefined ? '' : <time dateTime={when.toISOString()}>{formatTime(when)}</time>,
  },
  {
    name: 'who',
    title: 'Who',
    value: ({ who }) => who,
    cell: ({ who }) => (
      <a href={auditPath({ who, action: '', before: undefined })} title="All of this one">
        <bdi>{who}</bdi>
      </a>
    ),
  },
  {
    name: 'action',
    title: 'What',
    value: ({ action }) => action,
    cell: ({ action }) => (
      <a href={auditPath({ who: '', action, before: undefined })} title="All of this kind">
        {action}
      </a>
    ),
  },
  {
    name: 'object',
    title: 'On what',
    value: ({ object }) => object,
    cell: ({ object }) => objectCell(object),
  },
];

// Most are crashes.
function objectCell(object: string): VNode {
  const id = parseCrashId(object);
  return id === undefined ? (
    <bdi class="mono">{object}</bdi>
  ) : (
    <a class="mono" href={reportPath(id)}>
      {object}
    </a>
  );
}
