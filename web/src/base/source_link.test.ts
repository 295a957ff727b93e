import { expect, test } from 'vitest';
import { sourceUrl } from './source_link';

const urlOf = (file: string, line?: number) => sourceUrl({ functionName: undefined, file, line });

test.each([
  [
    'hg:hg.example.org/central:xpcom/base/nsDebug.cpp:1a2b3c',
    'https://hg.example.org/central/file/1a2b3c/xpcom/base/nsDebug.cpp#l7',
  ],
  ['git:github.com/owner/name:src/a b.cc:main', 'https://github.com/owner/name/blob/main/src/a%20b.cc#L7'],
  [
    'git:gitlab.com/group/sub/name:src/a.rs:v1.0',
    'https://gitlab.com/group/sub/name/-/blob/v1.0/src/a.rs#L7',
  ],
  ['git:gitlab.example.org/g/n:a.c:ff', 'https://gitlab.example.org/g/n/-/blob/ff/a.c#L7'],
  ['git:codeberg.org/o/n:a.c:ff', 'https://codeberg.org/o/n/src/commit/ff/a.c#L7'],
  ['git:chromium.googlesource.com/v8/v8:a.c:ff', 'https://chromium.googlesource.com/v8/v8/+/ff/a.c#7'],
])('%s has a page', (file, url) => {
  expect(urlOf(file, 7)).toBe(url);
});

test('without a line the page opens at its beginning', () => {
  expect(urlOf('git:github.com/o/n:a.c:ff')).toBe('https://github.com/o/n/blob/ff/a.c#L1');
});

test.each([
  '/build/src/a.cc',
  'C:\\src\\a.cc',
  '',
  's3:bucket:ab/a.cpp:',
  's3:bucket.example/x:ab/a.cpp:ff',
  'git:unknown.example/o/n:a.c:ff',
  'svn:svn.example.org/o:a.c:7',
  'git:github.com/o/n:../../evil:ff',
  'git:github.com/o/n:a//b:ff',
  'git:github.com/o/../n:a.c:ff',
  'git:github.com/o/n:a.c:f f',
  'hg:localhost/x:a.c:ff',
  'hg:user@host.example/x:a.c:ff',
  'hg:host.example:8000/x:a.c:ff',
  'javascript:alert(1)//:a:b',
])('%s leads nowhere', (file) => {
  expect(urlOf(file, 7)).toBeUndefined();
});
