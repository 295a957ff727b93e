// Builds the site into dist/ and, while developing, serves it with the API of a running server behind it.
import { defineConfig } from 'vite';

const server = process.env['CAIRN_URL'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2022',
    // The server sends a strict Content-Security-Policy: nothing may be inlined into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // A page's code is a few files, not one for each widget that two pages share: each file costs a round to the server.
    rollupOptions: { output: { experimentalMinChunkSize: 16_384 } },
  },
  server: { proxy: { '/api': server, '/missingsymbols.csv': server } },
});
