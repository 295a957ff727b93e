// The tabs of a crash. Which one is shown stands in the URL.
import type { VNode } from 'preact';
import { reportPath, type CrashId } from '../../base/crash_id';
import { formatCount } from '../../base/format';

export const kTabs = [
  'details',
  'annotations',
  'modules',
  'extensions',
  'environment',
  'raw',
  'bugs',
  'reprocess',
  'debug',
] as const;
export type Tab = (typeof kTabs)[number];

const kTitles: Record<Tab, string> = {
  details: 'Details',
  annotations: 'Annotations',
  modules: 'Modules',
  extensions: 'Extensions',
  environment: 'Telemetry environment',
  raw: 'Raw data',
  bugs: 'Bugs',
  reprocess: 'Reprocess',
  debug: 'Debug',
};

export function parseTab(text: string | null): Tab {
  return kTabs.find((tab) => tab === text) ?? 'details';
}

export function tabPath(id: CrashId, tab: Tab, more: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams(tab === 'details' ? more : { tab, ...more }).toString();
  return parameters === '' ? reportPath(id) : `${reportPath(id)}?${parameters}`;
}

export function Tabs({
  id,
  current,
  absent,
  counts,
}: {
  id: CrashId;
  current: Tab;
  // Those of which the crash has nothing for who looks. The current one is shown nevertheless.
  absent: ReadonlySet<Tab>;
  counts: Partial<Record<Tab, number>>;
}): VNode {
  return (
    <nav class="tabs" aria-label="Parts of the crash">
      {kTabs.filter((tab) => tab === current || !absent.has(tab)).map((tab) => (
        <a key={tab} href={tabPath(id, tab)} aria-current={tab === current ? 'page' : undefined}>
          {kTitles[tab]}
          {(counts[tab] ?? 0) > 0 && <span class="count">{formatCount(counts[tab] ?? 0)}</span>}
        </a>
      ))}
    </nav>
  );
}
