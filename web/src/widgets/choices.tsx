// Links of which one is in force: days, classes, states. The URL holds the choice.
import type { VNode } from 'preact';

export interface Choice {
  readonly text: string;
  readonly href: string;
  readonly chosen: boolean;
}

export function Choices({ label, choices, other }: { label: string; choices: readonly Choice[]; other?: string | undefined }): VNode {
  return (
    <nav class="ranges" aria-label={label}>
      {choices.map(({ text, href, chosen }) => <a key={text} href={href} aria-current={chosen ? 'true' : undefined}>{text}</a>)}
      {other !== undefined && <span class="other">{other}</span>}
    </nav>
  );
}
