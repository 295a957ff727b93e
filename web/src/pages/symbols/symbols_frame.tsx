// What the pages about symbols share: their tabs, and a line on what symbols that came late are doing.
import type { ComponentChildren, VNode } from 'preact';
import { HealingLine } from './healing_line';

const kTabs = [
  { path: '/symbols/missing', text: 'Missing' },
  { path: '/symbols/uploads', text: 'Uploads' },
  { path: '/symbols/usage', text: 'Usage' },
] as const;

export type SymbolsTab = (typeof kTabs)[number]['path'];

export interface SymbolsFrameProps {
  // The page, or the one that it belongs to.
  readonly tab: SymbolsTab;
  readonly isWithin?: boolean;
  readonly title: ComponentChildren;
  // Symbols came, or named something.
  readonly onMoved: () => void;
  // Below the title.
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function SymbolsFrame({ tab, isWithin = false, title, onMoved, lead, children }: SymbolsFrameProps): VNode {
  return (
    <div class="symbols-page">
      <nav class="tabs" aria-label="Symbols">
        {kTabs.map(({ path, text }) => (
          <a key={path} href={path} aria-current={path !== tab ? undefined : isWithin ? 'true' : 'page'}>{text}</a>
        ))}
      </nav>
      <header>
        <h1>{title}</h1>
        {lead}
        <HealingLine onMoved={onMoved} />
      </header>
      {children}
    </div>
  );
}
