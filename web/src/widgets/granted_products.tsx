// The products of which grants speak, in a sentence.
import { Fragment } from 'preact';
import type { VNode } from 'preact';
import { formatCount } from '../base/format';

// An installation may grant hundreds.
const kMaxNames = 6;

export function GrantedProducts({
  products,
  hrefOf,
}: {
  products: readonly string[];
  hrefOf: (product: string) => string;
}): VNode {
  const more = products.length - kMaxNames;
  return (
    <>
      {products.slice(0, kMaxNames).map((product, index) => (
        <Fragment key={product}>
          {index > 0 && ', '}
          <a href={hrefOf(product)}>
            <bdi>{product}</bdi>
          </a>
        </Fragment>
      ))}
      {more > 0 && ` and ${formatCount(more)} more`}
    </>
  );
}
