// Bugs that people tied to the signature.
import type { VNode } from 'preact';
import { BugsPanel } from '../../widgets/bugs_panel';
import type { TabProps } from './tab_props';

export function Bugs({ query: { signature } }: TabProps): VNode {
  return (
    <div class="bugs-tab">
      <BugsPanel signature={signature} origin={{ signature }} />
    </div>
  );
}
