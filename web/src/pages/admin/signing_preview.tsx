// What a change of lists and rules would do to all stored crashes.
import type { VNode } from 'preact';
import type { Change, Changes, Preview } from '../../api/signing';
import { exactSignature, searchPath } from '../../api/search_query';
import { parseCrashId, reportPath } from '../../base/crash_id';
import { countOf, formatCount } from '../../base/format';
import { CodeName } from '../../widgets/code_name';
import { DataTable, type Column } from '../../widgets/data_table';

const kSignatureLetters = 140;

export function PreviewView({ preview }: { preview: Preview }): VNode {
  const { crashes, changedCrashes, signaturesBefore, signaturesAfter } = preview;
  return (
    <section class="preview" aria-label="Preview">
      <h2>What it would do</h2>
      <p class="numbers">
        <span>
          <strong>{formatCount(changedCrashes)}</strong> of {countOf(crashes, 'crash', 'crashes')} would get
          another signature
        </span>
        <span>
          <strong>
            {formatCount(signaturesBefore)} → {formatCount(signaturesAfter)}
          </strong>{' '}
          signatures
        </span>
      </p>
      {changedCrashes === 0 && <p class="quiet">Nothing would change.</p>}
      <ChangeTable title="Split up" changes={preview.splits} partsTitle="Its crashes go to" />
      <ChangeTable title="Joined" changes={preview.merges} partsTitle="Its crashes come from" />
      <ChangeTable title="New" changes={preview.appears} partsTitle="Its crashes come from" />
      <ChangeTable title="Gone" changes={preview.vanishes} partsTitle="Its crashes go to" />
    </section>
  );
}

function ChangeTable({
  title,
  changes,
  partsTitle,
}: {
  title: string;
  changes: Changes;
  partsTitle: string;
}): VNode | null {
  if (changes.total === 0) return null;
  return (
    <details class="block">
      <summary>
        <h3>
          {title} <span class="thread-name">{formatCount(changes.total)}</span>
        </h3>
      </summary>
      <DataTable
        caption={title}
        name="changes"
        columns={changeColumns(partsTitle)}
        rows={changes.rows}
        rowKey={({ signature }) => signature}
      />
      {changes.rows.length < changes.total && (
        <p class="quiet">These are the {formatCount(changes.rows.length)} with the most crashes.</p>
      )}
    </details>
  );
}

function changeColumns(partsTitle: string): readonly Column<Change>[] {
  return [
    {
      name: 'signature',
      title: 'Signature',
      value: ({ signature }) => signature,
      cell: ({ signature }) => (
        <a href={searchPath([exactSignature(signature)])}>
          <CodeName name={signature} lengthMax={kSignatureLetters} />
        </a>
      ),
    },
    {
      name: 'count',
      title: 'Crashes',
      isNumeric: true,
      unit: 'crashes',
      value: ({ crashes }) => crashes,
      cell: ({ crashes }) => formatCount(crashes),
    },
    {
      name: 'parts',
      title: partsTitle,
      value: ({ parts }) => parts.map((part) => `${part.crashes} ${part.signature}`).join('\n'),
      cell: ({ parts, partsTotal }) => (
        <ul>
          {parts.map((part) => (
            <li key={part.signature}>
              {formatCount(part.crashes)} <CodeName name={part.signature} lengthMax={kSignatureLetters} />{' '}
              <Example id={part.example} />
            </li>
          ))}
          {partsTotal > parts.length && (
            <li class="quiet">and {formatCount(partsTotal - parts.length)} more</li>
          )}
        </ul>
      ),
    },
  ];
}

function Example({ id }: { id: string | undefined }): VNode | null {
  const crash = parseCrashId(id);
  return crash === undefined ? null : <a href={reportPath(crash)}>example</a>;
}
