// A text of many lines, as it is; it scrolls in its own frame.
import type { VNode } from 'preact';
import './text_block.css';

export function TextBlock({ label, text }: { label: string; text: string }): VNode {
  return (
    <pre class="text-block" tabIndex={0} role="region" aria-label={label}>
      {text}
    </pre>
  );
}
