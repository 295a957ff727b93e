// Of counts that leave pings out for who looks at them: that they do.
import type { VNode } from 'preact';
import { hidesPings, useMe } from './use_me';

export function ReportsOnly(): VNode | null {
  return hidesPings(useMe()) ? (
    <p class="quiet">
      Reports only: pings, which come from more people, are counted for those with the permission view_pings.
    </p>
  ) : null;
}
