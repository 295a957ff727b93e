// Builds the site into dist/ and, while developing, serves it with the API of a running server behind it.
import { defineConfig } from 'vite';
import { chunkOf, pagesByPath } from './vite_pages';

const server = process.env['CAIRN_URL'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  plugins: [pagesByPath()],
  build: {
    target: 'es2022',
    // The server sends a strict Content-Security-Policy: nothing may be inlined into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { output: { manualChunks: chunkOf } },
  },
  server: { proxy: { '/api': server, '/missingsymbols.csv': server } },
});
