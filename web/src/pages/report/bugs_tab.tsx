// Bugs of the crash's signature.
import type { VNode } from 'preact';
import type { Crash } from '../../base/crash';
import { BugsPanel } from '../../widgets/bugs_panel';

export function BugsTab({ crash: { id, signature } }: { crash: Crash }): VNode {
  return signature === undefined ? (
    <p class="quiet nothing">The crash has no signature, and bugs are tied to one.</p>
  ) : (
    <BugsPanel signature={signature} origin={{ crash_id: id }} />
  );
}
