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

const kOwn = [
  { prefix: 'git:git/', url: 'http://git/{name}/src/commit/{revision}/{path}#L{line}' },
  { prefix: 'git:github.com/', url: 'https://mirror.example/{repository}/{path}' },
  { prefix: '/builds/app/', url: 'https://code.example/app/{revision}/{path}' },
  { prefix: '/builds/app/', url: 'https://code.example/app/{path}?line={line}' },
  { prefix: 'C:\\b\\', url: 'https://code.example/win/{path}' },
];

test.each([
  ['git:git/team/app:src/a b.cc:4f2a01', 'http://git/team/app/src/commit/4f2a01/src/a%20b.cc#L7'],
  ['git:github.com/o/n:a.c:ff', 'https://mirror.example/github.com/o/n/a.c'],
  ['/builds/app/src/a.cc', 'https://code.example/app/src/a.cc?line=7'],
  ['C:\\b\\src\\a.cc', 'https://code.example/win/src/a.cc'],
  ['hg:hg.example.org/c:a.cpp:1a', 'https://hg.example.org/c/file/1a/a.cpp#l7'],
  ['/builds/app/../../etc/passwd', undefined],
  ['/builds/other/a.cc', undefined],
  ['git:git/team/../app:a.cc:ff', undefined],
  ['git:git/team:a/../../b.cc:ff', undefined],
])('with templates of an operator %s leads to %s', (file, url) => {
  expect(sourceUrl({ functionName: undefined, file, line: 7 }, kOwn)).toBe(url);
});
