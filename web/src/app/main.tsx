import { render } from 'preact';
import { App } from './app';
import { applyStoredScheme } from './color_scheme';
import { currentPlace } from './navigation';
import { beginPage } from './use_page';

beginPage(currentPlace());
applyStoredScheme();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
