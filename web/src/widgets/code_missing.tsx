// In place of a part of the site whose code did not come.
import type { VNode } from 'preact';

export function CodeMissing(): VNode {
  return (
    <section class="problem" role="alert">
      <h1>This page’s code did not come</h1>
      <p>The server does not answer, or it was updated since this tab was opened.</p>
      <p><button type="button" onClick={() => location.reload()}>Load the page again</button></p>
    </section>
  );
}
