import type { VNode } from 'preact';

// The unit of a number. Seen only where the table has no room for titles.
export function Unit({ text }: { text: string }): VNode {
  return <span class="unit"> {text} </span>;
}
