// How the crash came to be what the page shows: times, notes, losses, and why the signature is this one.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import {
  askSignatureNow,
  type ExplainedFrame,
  type ExplainedRule,
  type SignatureNow,
} from '../../api/signature_now';
import type { Crash } from '../../base/crash';
import { countOf, formatDuration, formatTime, joinPresent, parseTime } from '../../base/format';
import { readEntries, readText } from '../../base/json_read';
import { CodeName } from '../../widgets/code_name';
import { DataTable, type Column } from '../../widgets/data_table';
import { Loading } from '../../widgets/problem_view';
import { ProblemLine } from '../../widgets/problem_line';
import { useRemote } from '../../widgets/use_remote';

export function DebugTab({ crash }: { crash: Crash }): VNode {
  return (
    <>
      <Timeline crash={crash} />
      <Losses crash={crash} />
      <SignatureSection crash={crash} />
      <Collector crash={crash} />
      <Texts crash={crash} />
    </>
  );
}

const kMoments: readonly (readonly [string, string])[] = [
  ['client_crash_date', 'crashed, by the clock of the machine'],
  ['submitted_timestamp', 'received'],
  ['started_datetime', 'processing began'],
  ['completed_datetime', 'processing ended'],
];

function Timeline({ crash }: { crash: Crash }): VNode {
  const moments = kMoments.flatMap(([field, words]) => {
    const time = parseTime(crash.document[field]);
    return time === undefined ? [] : [{ words, time }];
  });
  return (
    <section>
      <h2>Timeline</h2>
      {moments.length === 0 && <p class="quiet">The crash has no times.</p>}
      <ol class="timeline">
        {moments.map(({ words, time }, index) => {
          const previous = moments[index - 1]?.time;
          return (
            <li key={words}>
              <time dateTime={time.toISOString()} class="mono">
                {formatTime(time)}.{String(time.getUTCMilliseconds()).padStart(3, '0')}
              </time>
              <span>{words}</span>
              <span class="quiet">
                {previous === undefined ? '' : laterWords(time.getTime() - previous.getTime())}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function laterWords(ms: number): string {
  if (ms < 0) return `${formatDuration(-ms / 1000)} before that: a clock was wrong`;
  return ms < 1000 ? `${ms} ms later` : `${formatDuration(ms / 1000)} later`;
}

function Losses({ crash: { diagnostics, diagnosticsDropped, notes, history } }: { crash: Crash }): VNode {
  return (
    <section>
      <h2>Processing</h2>
      {diagnostics.length === 0 && notes.length === 0 && (
        <p class="quiet">Nothing was lost on the way, and there is nothing to note.</p>
      )}
      <ul class="notes">
        {diagnostics.map((diagnostic, index) => (
          <li key={`d${index}`}>
            <span class="mark missing">lost</span> {joinPresent([diagnostic.stage, diagnostic.what], ': ')}
            {diagnostic.offset !== undefined && <span class="quiet"> at byte {diagnostic.offset}</span>}
          </li>
        ))}
        {diagnosticsDropped > 0 && (
          <li class="quiet">and {countOf(diagnosticsDropped, 'more loss', 'more losses')}</li>
        )}
        {notes.map((note, index) => (
          <li key={`n${index}`} dir="auto">
            {note}
          </li>
        ))}
      </ul>
      {history.length > 0 && (
        <details class="block">
          <summary>
            <h3>
              Earlier processings <span class="thread-name">{history.length}</span>
            </h3>
          </summary>
          <ul class="notes">
            {history.map((entry, index) => (
              <li key={index} dir="auto">
                {entry}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function SignatureSection({ crash }: { crash: Crash }): VNode {
  const [opened, setOpened] = useState(false);
  return (
    <section>
      <details class="block" onToggle={(event) => setOpened((before) => before || event.currentTarget.open)}>
        <summary>
          <h2>Why this signature</h2>
        </summary>
        {opened && <Explanation crash={crash} />}
      </details>
    </section>
  );
}

function Explanation({ crash }: { crash: Crash }): VNode {
  const { value, problem } = useRemote<SignatureNow>({
    key: crash.id,
    ask: (signal) => askSignatureNow(crash, signal),
    recent: undefined,
  });
  if (problem !== undefined) return <ProblemLine problem={problem} />;
  if (value === undefined) return <Loading />;
  return <SignatureExplained now={value} signature={crash.signature} />;
}

const kFrameColumns: readonly Column<ExplainedFrame>[] = [
  { name: 'frame', title: 'Frame', value: ({ name }) => name, cell: ({ name }) => <CodeName name={name} /> },
  { name: 'role', title: 'Role', value: ({ role }) => role, cell: ({ role }) => role },
  { name: 'by', title: 'By', value: ({ by }) => by, cell: ({ by }) => by },
];

const kRuleColumns: readonly Column<ExplainedRule>[] = [
  { name: 'rule', title: 'Rule', value: ({ name }) => name, cell: ({ name }) => name },
  { name: 'outcome', title: 'Outcome', value: ({ outcome }) => outcome, cell: ({ outcome }) => outcome },
  {
    name: 'after',
    title: 'Signature after it',
    value: ({ signature }) => signature,
    cell: ({ signature }) => (signature === undefined ? '' : <CodeName name={signature} />),
  },
];

export function SignatureExplained({
  now,
  signature,
}: {
  now: SignatureNow;
  signature: string | undefined;
}): VNode {
  const hasReasons = now.frames.some(({ by }) => by !== undefined);
  const applied = now.rules.filter(({ outcome }) => outcome !== 'not applied');
  return (
    <>
      <p>
        {now.signature === signature ? (
          'Today’s lists and rules make the same signature.'
        ) : (
          <>
            Today’s lists and rules make <CodeName name={now.signature ?? 'none'} />. Decisions of people,
            such as merges, come on top.
          </>
        )}
      </p>
      {now.frames.length > 0 && (
        <DataTable
          caption="Frames"
          name="explained"
          columns={hasReasons ? kFrameColumns : kFrameColumns.slice(0, 2)}
          rows={now.frames}
          rowKey={(frame) => String(now.frames.indexOf(frame))}
          tools={{ beside: <h3>Frames</h3> }}
        />
      )}
      {applied.length > 0 && (
        <DataTable
          caption="Rules that did something"
          name="explained"
          columns={kRuleColumns}
          rows={applied}
          rowKey={({ name }) => name}
          tools={{ beside: <h3>Rules that did something</h3> }}
        />
      )}
      {now.notes.length > 0 && (
        <ul class="notes">
          {now.notes.map((note, index) => (
            <li key={index}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

// Which rule of the collector kept it, and for how many crashes it stands.
function Collector({ crash }: { crash: Crash }): VNode | null {
  const entries = readEntries(crash.document['collector_metadata']);
  if (entries.length === 0) return null;
  return (
    <section>
      <h2>
        Collector <span class="mark protected">protected</span>
      </h2>
      <dl class="facts long-names">
        {entries.map(([name, value]) => (
          <div key={name} class="wide">
            <dt>{name.replaceAll('_', ' ')}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const kTexts: readonly (readonly [string, string])[] = [
  ['mdsw_status_string', 'How the walk ended'],
  ['mdsw_stderr', 'What the walker complained of'],
  ['stackwalk_version', 'Walker'],
  ['signature_debug', 'What the signature rules said'],
  ['soft_errors', 'What the dump’s writer could not find out'],
  ['memory_report_error', 'Why the memory report could not be read'],
  ['proto_signature', 'All frames of the crashing thread'],
];

function Texts({ crash }: { crash: Crash }): VNode {
  const present = kTexts.flatMap(([field, title]) => {
    const text = readText(crash.document[field]);
    return text === undefined ? [] : [{ title, text }];
  });
  return (
    <section>
      <h2>In the walker’s words</h2>
      <dl class="facts long-names">
        {present.map(({ title, text }) => (
          <div key={title} class="wide">
            <dt>{title}</dt>
            <dd class="mono">{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
