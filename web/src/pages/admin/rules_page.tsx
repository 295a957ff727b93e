// Which reports the collector keeps, today and before. The rules are a file of the operator: they are only
// read here.
import type { VNode } from 'preact';
import { askRuleChanges, askRules, type RuleChange } from '../../api/collector_rules';
import { formatTime } from '../../base/format';
import type { PageProps } from '../../base/page';
import { CopyButton } from '../../widgets/copy_button';
import { EmptyList } from '../../widgets/empty_list';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { TextBlock } from '../../widgets/text_block';
import { useRemote } from '../../widgets/use_remote';
import { AdminFrame, kAdminWords } from './admin_frame';

const kPath = '/admin/rules';

export function RulesPage({ query }: PageProps): VNode {
  return (
    <AdminFrame
      tab={kPath}
      title="Collector rules"
      lead={
        <p class="quiet">
          They say which reports are kept and by what chance. The server reads them from its file{' '}
          <code>rules</code> and follows a change at once; <code>cairn rules check</code> and{' '}
          <code>dry-run</code> try one.
        </p>
      }
    >
      <Changes revision={query.get('revision') ?? undefined} />
    </AdminFrame>
  );
}

function Changes({ revision }: { revision: string | undefined }): VNode {
  const { value: changes, problem } = useRemote<readonly RuleChange[]>({
    key: 'rules',
    ask: askRuleChanges,
    recent: undefined,
  });
  if (changes === undefined)
    return problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kAdminWords} />;
  const shown = revision ?? changes[0]?.revision;
  if (shown === undefined)
    return (
      <EmptyList title="No rules have taken effect yet">
        <p>They do when the collector starts.</p>
      </EmptyList>
    );
  return (
    <div class="two-columns">
      <ChangeList changes={changes} shown={shown} />
      <RuleText revision={shown} />
    </div>
  );
}

export function ChangeList({ changes, shown }: { changes: readonly RuleChange[]; shown: string }): VNode {
  return (
    <section>
      <h2>Since when</h2>
      <ol class="revisions">
        {changes.map(({ time, revision, name }, index) => (
          <li key={`${revision} ${index}`}>
            <a
              href={`${kPath}?${new URLSearchParams({ revision })}`}
              aria-current={revision === shown ? 'true' : undefined}
            >
              <span>{time === undefined ? 'at an unknown time' : formatTime(time)}</span>
              <span class="quiet">
                {name} <span class="mono">{revision}</span>
                {index === 0 ? ', in force' : ''}
              </span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}

function RuleText({ revision }: { revision: string }): VNode {
  const {
    value: text,
    valueKey,
    problem,
  } = useRemote<string>({ key: revision, ask: (signal) => askRules(revision, signal), recent: undefined });
  if (problem !== undefined)
    return (
      <ProblemView
        problem={problem}
        words={{ ...kAdminWords, 'not-found': { title: 'These rules are not kept any more', advice: '' } }}
      />
    );
  if (text === undefined || valueKey !== revision) return <Loading />;
  return (
    <section>
      <h2>What they say</h2>
      <p>
        <CopyButton label="Copy" text={() => text} />
      </p>
      <TextBlock label="Rules" text={text} />
    </section>
  );
}
