// The crash as machines have it: documents to read here, and files to take away. Each by its permission.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Me } from '../../api/me';
import { askDocument, dumpNames, dumpPath, processedPath, rawMetaPath } from '../../api/raw_crash';
import type { Crash } from '../../base/crash';
import { formatBytes } from '../../base/format';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { CopyButton } from '../../widgets/copy_button';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { TextBlock } from '../../widgets/text_block';
import { isAllowed, mayTry } from '../../widgets/use_me';
import { useRemote } from '../../widgets/use_remote';

// More would make the page slow; the file has all of it.
const kShownMax = 400_000;

const kWords: Partial<Record<ProblemKind, ProblemWords>> = {
  'not-found': {
    title: 'The document is not there',
    advice: 'It was never stored, or was removed at the end of its retention.',
  },
  forbidden: {
    title: 'You may not see this document',
    advice: 'Raw crashes are shown to people with the permission view_rawdump.',
  },
};

export function RawTab({ crash, me }: { crash: Crash; me: Me | undefined }): VNode {
  const mayDump = mayTry(me, 'view_rawdump', crash.product);
  return (
    <>
      <section>
        <h2>Documents</h2>
        <p class="quiet">
          {isAllowed(me, 'view_pii', crash.product)
            ? 'With what is protected: who reads them is written down.'
            : 'The public part: what may say who a person is has been left out.'}
        </p>
        <Document
          title="Processed crash"
          path={processedPath(crash.id)}
          fileName={`${crash.id}.processed.json`}
        />
        {crash.kind === 'report' && (
          <Document title="Raw crash" path={rawMetaPath(crash.id)} fileName={`${crash.id}.raw.json`} />
        )}
      </section>
      {crash.kind === 'report' && <Dumps crash={crash} mayDump={mayDump} />}
    </>
  );
}

function Document({ title, path, fileName }: { title: string; path: string; fileName: string }): VNode {
  const [opened, setOpened] = useState(false);
  return (
    <div class="document">
      <details class="block" onToggle={(event) => setOpened((before) => before || event.currentTarget.open)}>
        <summary>
          <h3>{title}</h3>
        </summary>
        {opened && <DocumentText title={title} path={path} />}
      </details>
      <a href={path} target="_blank" rel="noreferrer" aria-label={`${title} as JSON`}>
        JSON
      </a>
      <a href={path} download={fileName} aria-label={`Download ${title}`}>
        Download
      </a>
    </div>
  );
}

function DocumentText({ title, path }: { title: string; path: string }): VNode {
  const { value: text, problem } = useRemote<string>({
    key: path,
    ask: (signal) => askDocument(path, signal),
    recent: undefined,
  });
  if (problem !== undefined) return <ProblemView problem={problem} words={kWords} />;
  if (text === undefined) return <Loading />;
  return (
    <>
      <p class="actions">
        <CopyButton label="Copy" text={() => text} /> <span class="quiet">{formatBytes(text.length)}</span>
      </p>
      <TextBlock label={title} text={text.slice(0, kShownMax)} />
      {text.length > kShownMax && (
        <p class="quiet">Only the first {formatBytes(kShownMax)} are shown: download it for the rest.</p>
      )}
    </>
  );
}

function Dumps({ crash, mayDump }: { crash: Crash; mayDump: boolean }): VNode {
  const names = dumpNames(crash);
  if (names.length === 0) {
    return (
      <section>
        <h2>Dumps</h2>
        <p class="quiet">The report came without a dump.</p>
      </section>
    );
  }
  return (
    <section>
      <h2>
        Dumps <span class="mark protected">protected</span>
      </h2>
      {!mayDump && (
        <p class="quiet">
          A dump holds memory of the program, and so anything that a person did: people with the permission
          view_rawdump may download it.
        </p>
      )}
      <ul class="downloads">
        {names.map((name) => (
          <li key={name}>
            <span class="mono">{name}</span>
            {mayDump && (
              <a
                href={dumpPath(crash.id, name)}
                download={`${crash.id}.${name}.${name === 'memory_report' ? 'json.gz' : 'dmp'}`}
              >
                Download
              </a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
