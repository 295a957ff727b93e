// In place of an empty table: why it is empty, and the way out.
import type { ComponentChildren, VNode } from 'preact';

export function EmptyList({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <section class="problem">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
