import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { readUploadsPage, readUploadWithFiles } from '../../../api/uploads';
import { parseUploadsQuery } from '../../../api/uploads_query';
import { UploadView } from './upload_page';
import { Filters, UploadList } from './uploads_page';

const kUpload = {
  id: 7, user: 'ann', product: 'Editor', filename: 's.zip', protocol: 'zip', size: 2048, created_at: '2026-11-22T10:00:00Z',
  completed_at: '2026-11-22T10:00:05Z', files: 2, skipped: 1, skipped_keys: ['a/B/a.sym'],
};
const query = (search: string) => parseUploadsQuery(new URLSearchParams(search));

function list(answer: Parameters<typeof readUploadsPage>[0], search = ''): string {
  return render(<UploadList query={query(search)} found={readUploadsPage(answer)} navigate={() => undefined} />);
}

test('a row says who sent what, and leads to the upload', () => {
  const text = list({ uploads: [kUpload], total: 1, batch_size: 20 });
  for (const part of ['href="/symbols/uploads/7"', '2026-11-22 10:00:00', 's.zip', '>ann<', '2.0 KiB', '+1 again', '>complete<']) {
    expect(text).toContain(part);
  }
  expect(text).toContain('href="/symbols/uploads?user=ann"');
  expect(text).not.toContain('Next');
  expect(list({ uploads: [{ ...kUpload, completed_at: null }] })).toContain('not complete');
});

test('the order in force is marked, and the other is a link', () => {
  expect(list({ uploads: [kUpload] })).toMatch(/aria-sort="descending"><a href="\/symbols\/uploads">Time/);
  expect(list({ uploads: [kUpload] }, 'sort=size')).toMatch(/aria-sort="descending"><a href="\/symbols\/uploads\?sort=size">Size/);
});

test('pages lead to each other with the filter', () => {
  const text = list({ uploads: [kUpload], total: 60, batch_size: 20 }, 'user=ann&page=2');
  expect(text).toContain('21–21 of 60');
  expect(text).toContain('href="/symbols/uploads?user=ann&amp;page=3"');
  expect(text).toContain('href="/symbols/uploads?user=ann">‹ Previous');
});

test('an empty list says what emptied it', () => {
  expect(list({})).toContain('No symbols were uploaded');
  expect(list({}, 'user=bob&try=1')).toContain('None has the uploader bob and the class try.');
  expect(list({ total: 7 }, 'page=9')).toContain('The list ends before this page');
});

test('who sees only the own uploads is asked for no uploader', () => {
  const filters = (canViewAll: boolean) => render(<Filters query={query('')} canViewAll={canViewAll} navigate={() => undefined}>{''}</Filters>);
  expect(filters(true)).toContain('Uploader');
  expect(filters(false)).not.toContain('Uploader');
});

test('an upload shows its files with downloads, and names are text', () => {
  const file = { id: 1, key: '<b>x.so/AB1/x.sym', size: 5, stored_size: 3, generator: 'made/for tests' };
  const found = readUploadWithFiles({ upload: { ...kUpload, file_uploads: [file] } })!;
  const text = render(<UploadView found={found} />);
  expect(text).toContain('href="/%3Cb%3Ex.so/AB1/x.sym" download="x.sym"');
  expect(text).not.toContain('<b>x');
  expect(text).toContain('newest 1 of 2');
  expect(text).toContain('1 file was there already');
  expect(text).toContain('href="/symbols/uploads?key=a%2FB"');
  expect(render(<UploadView found={{ ...found, files: [] }} />)).toContain('nothing that was not there already');
});
