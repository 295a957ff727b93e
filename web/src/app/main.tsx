import { render } from 'preact';
import { App } from './app';
import { applyStoredScheme } from './color_scheme';
import { currentPlace } from './navigation';
import { beginPage } from './use_page';

// Who waits longer sees the shell. What comes sooner is drawn once, together with it.
const kShellMs = 100;

let isDrawn = false;

const begun = beginPage(currentPlace());
applyStoredScheme();
const timer = setTimeout(draw, kShellMs);
void begun.then(() => {
  clearTimeout(timer);
  draw();
});

function draw(): void {
  const root = document.getElementById('app');
  if (isDrawn || root === null) return;
  isDrawn = true;
  render(<App />, root);
}
