// The search box of the header. It shows the query of the search page, and takes crash ids and report URLs too.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askFields, kFields } from '../api/search_fields';
import { parseConditions, parseSearchText, searchPath, searchText, understandText } from '../api/search_query';
import { parseCrashId, reportPath } from '../base/crash_id';
import { isPlainKey, isTyping } from '../base/typing';

export interface SearchBoxProps {
  readonly path: string;
  readonly search: string;
  readonly navigate: (path: string) => void;
}

export function SearchBox({ path, search, navigate }: SearchBoxProps): VNode {
  const isSearch = path === '/' || path.replace(/\/$/, '') === '/search';
  const shown = isSearch ? searchText(parseConditions(new URLSearchParams(search))) : '';
  const [text, setText] = useState(shown);
  const input = useRef<HTMLInputElement>(null);
  // Every navigation sets it anew, also one that leaves `shown` as it was.
  useEffect(() => setText(shown), [shown, path, search]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || !isPlainKey(event) || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const id = parseCrashId(text);
    if (id !== undefined) navigate(reportPath(id));
    else void understandText(text).then(({ conditions }) => navigate(searchPath(conditions)));
    // The help would lie over what was found.
    document.getElementById('content')?.focus({ preventScroll: true });
  };

  const unknown = parseSearchText(text).unknownFields;
  return (
    <form class="search-box" role="search" onSubmit={onSubmit}>
      <input
        ref={input}
        type="search"
        aria-label="Search crashes"
        aria-describedby="search-help"
        aria-keyshortcuts="/"
        placeholder="Search signatures, field:value, or paste a crash id"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onFocus={() => void askFields()}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
      <kbd class="hint" aria-hidden="true">/</kbd>
      <div class="help" id="search-help">
        {unknown.length > 0 && <p class="trouble">No field is called “{unknown.join('”, “')}”: it is searched as text.</p>}
        <p>Words are searched in the signature. Narrow with <code>field:value</code>, negate with <code>-</code>, quote spaces.</p>
        <p>Operators: <code>=</code> is, <code>~</code> contains, <code>^</code> starts, <code>$</code> ends, <code>&gt;= &lt;</code> for dates:{' '}
          <code>version:^2. -kind:ping date:&gt;=2026-01-31</code>
        </p>
        <p>Stacks, from the innermost frame outwards: <code>stack:&quot;Paint &gt; ... &gt; main&quot;</code>. Press <kbd>?</kbd> outside of this box for the keys.</p>
        <p class="fields">{kFields.filter(({ name }) => !name.includes('(')).map((field) => <code key={field.name}>{field.name}</code>)}</p>
      </div>
    </form>
  );
}
