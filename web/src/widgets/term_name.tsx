// The name of a value: a link to its page in the data dictionary, which says in a tip what it is.
import { useId } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import { termPath, type Term } from '../api/dictionary';

// Without a term it is a name alone.
export function TermName({ term, children }: { term: Term | undefined; children: ComponentChildren }): VNode {
  const id = useId();
  if (term === undefined) return <>{children}</>;
  return (
    <span class="term-name">
      <a href={termPath(term)} aria-describedby={term.description === '' ? undefined : id}>
        {children}
      </a>
      {term.description !== '' && (
        <span class="tip" role="tooltip" id={id}>
          {term.description}
        </span>
      )}
    </span>
  );
}
