// Ways to take a search elsewhere: a short link, a name of one's own, the API, the command line, a file.
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askSaved, makeShortLink, removeSaved, saveSearch, type SavedSearch } from '../../api/saved_searches';
import { exportPath, kExportFormats, searchApiPath } from '../../api/search';
import { queryPath, type SearchQuery } from '../../api/search_query';
import { commandFor } from '../../base/command_line';
import { problemWords, type Problem } from '../../base/problem';
import { CopyButton } from '../../widgets/copy_button';

const kFormatNames = { csv: 'CSV', json: 'JSON', jsonl: 'JSON lines', parquet: 'Parquet' } as const;

export function Share({ query }: { query: SearchQuery }): VNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="drop right" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Save and share</summary>
      {isOpen ? <SharePanel query={query} /> : <div class="panel" />}
    </details>
  );
}

function SharePanel({ query }: { query: SearchQuery }): VNode {
  const path = queryPath(query);
  const api = location.origin + searchApiPath(query);
  return (
    <div class="share-panel">
      <ShortLink key={path} path={path} />
      <SavedSearches path={path} />
      <Line label="API" text={api} />
      <Line label="Command line" text={commandFor('search', path, location.origin)} />
      <p>
        <span class="label">All crashes as a file</span>
        {kExportFormats.map((format) => (
          <a key={format} href={exportPath(query, format)} download>
            {kFormatNames[format]}
          </a>
        ))}
      </p>
    </div>
  );
}

function Line({ label, text }: { label: string; text: string }): VNode {
  return (
    <p>
      <span class="label">{label}</span>
      <code class="line">{text}</code>
      <CopyButton label="Copy" title={`Copy: ${label}`} text={() => text} />
    </p>
  );
}

// Short links and saved searches need more than a search does: what is missing is said where it would be.
function whyNot({ kind, detail }: Problem, what: string): string {
  if (kind === 'no-service' || kind === 'not-found') return `This server keeps no ${what}.`;
  if (kind === 'signed-out' || kind === 'forbidden') return `Sign in to use ${what}.`;
  return `${problemWords(kind).title}${detail === '' ? '' : `: ${detail}`}.`;
}

function ShortLink({ path }: { path: string }): VNode {
  const [short, setShort] = useState<string | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const onClick = (): void => {
    void makeShortLink(path, new AbortController().signal).then((answer) => {
      if (answer.ok) setShort(location.origin + answer.value);
      else setProblem(answer.problem);
    });
  };
  return (
    <p>
      <span class="label">Short link</span>
      {short === undefined ? (
        <button type="button" onClick={onClick}>
          Make one
        </button>
      ) : (
        <>
          <code class="line">{short}</code>
          <CopyButton label="Copy" title="Copy the short link" text={() => short} />
        </>
      )}
      {problem !== undefined && (
        <span class="trouble" role="status">
          {whyNot(problem, 'short links')}
        </span>
      )}
    </p>
  );
}

function SavedSearches({ path }: { path: string }): VNode {
  const [saved, setSaved] = useState<readonly SavedSearch[]>([]);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [name, setName] = useState('');
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    void askSaved(controller.signal).then((answer) => {
      if (controller.signal.aborted) return;
      setProblem(answer.ok ? undefined : answer.problem);
      if (answer.ok) setSaved(answer.value);
    });
    return () => controller.abort();
  }, [turn]);
  const after = (answer: { readonly ok: boolean; readonly problem?: Problem }): void => {
    if (answer.ok) setTurn((before) => before + 1);
    else setProblem(answer.problem);
  };
  const onSave = (event: Event): void => {
    event.preventDefault();
    if (name.trim() === '') return;
    void saveSearch(name.trim(), path, new AbortController().signal).then(after);
    setName('');
  };
  if (problem !== undefined)
    return (
      <p>
        <span class="label">Saved searches</span>
        <span class="quiet" role="status">
          {whyNot(problem, 'saved searches')}
        </span>
      </p>
    );
  return (
    <div>
      <form onSubmit={onSave}>
        <label class="label" for="save-name">
          Save as
        </label>
        <input
          id="save-name"
          type="text"
          value={name}
          autocomplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit">Save</button>
      </form>
      {saved.length > 0 && (
        <ul class="saved">
          {saved.map((one) => (
            <li key={one.id}>
              <a href={one.path}>{one.name}</a>
              <button
                type="button"
                class="more"
                aria-label={`Forget ${one.name}`}
                onClick={() => void removeSaved(one.id, new AbortController().signal).then(after)}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
