// The tabs of a crash behind the first, and what stands in place of a crash that cannot be shown: see late_views.ts.
import type { VNode } from 'preact';
import type { Dictionary } from '../../api/dictionary';
import type { Me } from '../../api/me';
import type { Crash } from '../../base/crash';
import { parseModuleOrder } from '../../base/module_order';
import { AnnotationsTab } from './annotations_tab';
import { BugsTab } from './bugs_tab';
import { DebugTab } from './debug_tab';
import { EnvironmentTab } from './environment_tab';
import { ExtensionsTab } from './extensions_tab';
import { ModulesTab } from './modules_tab';
import { RawTab } from './raw_tab';
import { ReprocessTab } from './reprocess_tab';
import type { Tab } from './tabs';

export { NotShown } from './not_shown';
export { UnloadedModules } from './unloaded_modules';

export interface OtherTabProps {
  readonly tab: Exclude<Tab, 'details'>;
  readonly crash: Crash;
  readonly query: URLSearchParams;
  readonly me: Me | undefined;
  readonly dictionary: Dictionary | undefined;
  // Asks the server for the crash anew.
  readonly onLook: () => void;
}

export function OtherTab({ tab, crash, query, me, dictionary, onLook }: OtherTabProps): VNode {
  switch (tab) {
    case 'annotations':
      return <AnnotationsTab crash={crash} dictionary={dictionary} me={me} />;
    case 'modules':
      return <ModulesTab crash={crash} order={parseModuleOrder(query.get('sort'))} />;
    case 'extensions':
      return <ExtensionsTab crash={crash} />;
    case 'environment':
      return <EnvironmentTab crash={crash} />;
    case 'raw':
      return <RawTab crash={crash} me={me} />;
    case 'bugs':
      return <BugsTab crash={crash} />;
    case 'reprocess':
      return <ReprocessTab crash={crash} me={me} onLook={onLook} />;
    case 'debug':
      return <DebugTab crash={crash} />;
  }
}
