// What the pages of documentation share.
import type { ComponentChildren, VNode } from 'preact';
import { useTitle } from '../../widgets/use_title';
import './documentation.css';

const kTabs = [
  { path: '/documentation/data', text: 'Which data answers what' },
  { path: '/documentation/search', text: 'Searching' },
  { path: '/documentation/datadictionary', text: 'Data dictionary' },
] as const;

export type DocumentationTab = (typeof kTabs)[number]['path'];

export interface DocumentationFrameProps {
  readonly tab: DocumentationTab;
  readonly isWithin?: boolean;
  readonly title: string;
  readonly children: ComponentChildren;
}

export function DocumentationFrame({
  tab,
  isWithin = false,
  title,
  children,
}: DocumentationFrameProps): VNode {
  useTitle(title);
  return (
    <div class="documentation">
      <nav class="tabs" aria-label="Documentation">
        {kTabs.map(({ path, text }) => (
          <a key={path} href={path} aria-current={path !== tab ? undefined : isWithin ? 'true' : 'page'}>
            {text}
          </a>
        ))}
      </nav>
      <h1>{title}</h1>
      {children}
    </div>
  );
}
