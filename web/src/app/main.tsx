import { render } from 'preact';
import { App } from './app';
import { applyStoredScheme } from './color_scheme';

applyStoredScheme();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
