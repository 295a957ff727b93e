// What a change of lists and rules would do to all stored crashes.
import type { VNode } from 'preact';
import type { Changes, Preview } from '../../api/signing';
import { exactSignature, searchPath } from '../../api/search_query';
import { parseCrashId, reportPath } from '../../base/crash_id';
import { countOf, formatCount } from '../../base/format';
import { CodeName } from '../../widgets/code_name';

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
      <table class="plain changes stacked">
        <caption class="hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Signature</th>
            <th scope="col" class="number">
              Crashes
            </th>
            <th scope="col">{partsTitle}</th>
          </tr>
        </thead>
        <tbody>
          {changes.rows.map(({ signature, crashes, parts, partsTotal }) => (
            <tr key={signature}>
              <th scope="row">
                <a href={searchPath([exactSignature(signature)])}>
                  <CodeName name={signature} lengthMax={kSignatureLetters} />
                </a>
              </th>
              <td class="number" data-label="Crashes">
                {formatCount(crashes)}
              </td>
              <td data-label={partsTitle}>
                <ul>
                  {parts.map((part) => (
                    <li key={part.signature}>
                      {formatCount(part.crashes)}{' '}
                      <CodeName name={part.signature} lengthMax={kSignatureLetters} />{' '}
                      <Example id={part.example} />
                    </li>
                  ))}
                  {partsTotal > parts.length && (
                    <li class="quiet">and {formatCount(partsTotal - parts.length)} more</li>
                  )}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {changes.rows.length < changes.total && (
        <p class="quiet">These are the {formatCount(changes.rows.length)} with the most crashes.</p>
      )}
    </details>
  );
}

function Example({ id }: { id: string | undefined }): VNode | null {
  const crash = parseCrashId(id);
  return crash === undefined ? null : <a href={reportPath(crash)}>example</a>;
}
