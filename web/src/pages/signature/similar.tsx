// Signatures whose stacks are alike.
import type { VNode } from 'preact';
import { exactSignature } from '../../api/search_query';
import { askSimilar, signaturePath, type SimilarSignature } from '../../api/signature';
import { CodeName } from '../../widgets/code_name';
import { DataTable, type Column } from '../../widgets/data_table';
import { EmptyList } from '../../widgets/empty_list';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';
import type { TabProps } from './tab_props';

const kMaxSignature = 160;

const kColumns: readonly Column<SimilarSignature>[] = [
  {
    name: 'signature',
    title: 'Signature',
    value: ({ signature }) => signature,
    cell: ({ signature }) => (
      <a href={signaturePath([exactSignature(signature)])} title={signature}>
        <CodeName name={signature} lengthMax={kMaxSignature} />
      </a>
    ),
  },
  {
    name: 'score',
    title: 'Likeness',
    isNumeric: true,
    unit: '% alike',
    hint: '100 % is the same stack',
    value: ({ score }) => Number(score.toFixed(3)),
    cell: ({ score }) => `${Math.round(100 * score)} %`,
  },
  {
    name: 'frames',
    title: 'Frames in common',
    value: ({ frames }) => frames.join(' | '),
    cell: ({ frames }) => (
      <ol>
        {frames.slice(0, 5).map((frame) => (
          <li key={frame}>
            <CodeName name={frame} lengthMax={100} />
          </li>
        ))}
        {frames.length > 5 && <li class="quiet">and {frames.length - 5} more</li>}
      </ol>
    ),
  },
];

export function Similar({ query: { signature }, navigate }: TabProps): VNode {
  const { value, problem } = useRemote<readonly SimilarSignature[]>({
    key: signature,
    ask: (signal) => askSimilar(signature, signal),
    recent: undefined,
  });
  if (problem !== undefined) return <ProblemView problem={problem} />;
  if (value === undefined) return <Loading />;
  if (value.length === 0)
    return (
      <EmptyList title="Nothing alike">
        <p>No other signature has stacks like these.</p>
      </EmptyList>
    );
  return (
    <DataTable
      caption="Signatures with stacks like these"
      name="similar"
      columns={kColumns}
      rows={value}
      rowKey={(row) => row.signature}
      onOpen={(row) => navigate(signaturePath([exactSignature(row.signature)]))}
    />
  );
}
