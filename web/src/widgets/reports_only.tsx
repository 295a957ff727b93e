// Of counts of a search that leave pings out for who looks at them: that they do.
import type { VNode } from 'preact';
import { productPath } from '../api/products';
import type { Condition } from '../api/search_query';
import { GrantedProducts } from './granted_products';
import { hidesPings, productsWith, useMe } from './use_me';

export function ReportsOnly({ conditions }: { conditions: readonly Condition[] }): VNode | null {
  const me = useMe();
  if (!hidesPings(me, conditions)) return null;
  const granted = productsWith(me, 'view_pings');
  return (
    <p class="quiet">
      Reports only: pings, which come from more people, are counted for those with the permission view_pings.
      {granted.length > 0 && (
        <>
          {' '}
          You have it for single products, and see their pings where no other is counted:{' '}
          <GrantedProducts products={granted} hrefOf={productPath} />.
        </>
      )}
    </p>
  );
}
