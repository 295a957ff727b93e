// The bugs of a signature, those that are done struck through.
import type { VNode } from 'preact';
import type { Bug } from '../api/bugs';

const kDone = /^(resolved|verified|closed|done|fixed)$/i;

export function BugLinks({ bugs }: { bugs: readonly Bug[] }): VNode {
  return (
    <>
      {bugs.map(({ id, url, status, summary }) => {
        const text = kDone.test(status ?? '') ? <s>{id}</s> : id;
        const words = [status, summary].filter((word) => word !== undefined).join(': ');
        return (
          <span key={id} class="bug" title={words}>
            {url === undefined ? (
              text
            ) : (
              <a href={url} target="_blank" rel="noreferrer">
                {text}
              </a>
            )}{' '}
          </span>
        );
      })}
    </>
  );
}
