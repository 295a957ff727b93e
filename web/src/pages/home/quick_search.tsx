// One box for both things that people have in hand: the id of a crash, or a part of a signature.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { searchPath, understandText, type Condition } from '../../api/search_query';
import { parseCrashId, reportPath } from '../../base/crash_id';

export interface QuickSearchProps {
  readonly navigate: (path: string) => void;
  // Conditions that a search has besides.
  readonly within?: readonly Condition[];
}

export function QuickSearch({ navigate, within = [] }: QuickSearchProps): VNode {
  const [text, setText] = useState('');
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    const id = parseCrashId(text);
    if (id !== undefined) navigate(reportPath(id));
    else void understandText(text).then(({ conditions }) => navigate(searchPath([...within, ...conditions])));
  };
  return (
    <form class="quick-search" role="search" aria-label="Quick search" onSubmit={onSubmit}>
      <label for="quick-search">Crash id, or a part of a signature</label>
      <input
        id="quick-search"
        type="search"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit">Open</button>
    </form>
  );
}
