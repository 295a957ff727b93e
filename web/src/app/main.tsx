import { render } from 'preact';
import { App } from './app';
import { applyStoredScheme } from './color_scheme';
import { currentPlace } from './navigation';
import { beginPage } from './use_page';

// Drawing the shell without its page costs as long as drawing both; so the page is awaited, for a moment.
const kPatienceMs = 100;

applyStoredScheme();
void Promise.race([beginPage(currentPlace()), new Promise((resolve) => { setTimeout(resolve, kPatienceMs); })]).then(() => {
  const root = document.getElementById('app');
  if (root !== null) render(<App />, root);
});
