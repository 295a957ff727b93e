import { expect, test } from 'vitest';
import { downloadPath, readUploadsPage, readUploadWithFiles } from './uploads';

const kUpload = {
  id: 7, user: 'ann', product: '', try_symbols: true, filename: 's.zip', protocol: 'zip', size: 10,
  created_at: '2026-11-22T10:00:00Z', completed_at: null, files: 2, skipped: 1, skipped_keys: ['a/B/a.sym'],
};

test('reads what is there and bears what is not', () => {
  const page = readUploadsPage({ uploads: [kUpload, { id: 8 }, {}], total: 9, batch_size: 20, can_view_all: true });
  expect(page).toMatchObject({ total: 9, pageSize: 20, canViewAll: true });
  expect(page.uploads).toHaveLength(2);
  expect(page.uploads[0]).toMatchObject({ id: 7, product: undefined, isTry: true, completed: undefined, files: 2, skipped: 1, skippedKeys: ['a/B/a.sym'] });
  expect(page.uploads[1]).toMatchObject({ id: 8, user: undefined, size: 0, created: undefined });
  expect(readUploadsPage({})).toEqual({ uploads: [], total: 0, pageSize: 1, canViewAll: false });
});

test('files without a name of three parts are passed over', () => {
  const file = { id: 1, key: 'lib x.so/AB1/lib x.so.sym', size: 5, stored_size: 3, compressed: true };
  const found = readUploadWithFiles({ upload: { ...kUpload, file_uploads: [file, { id: 2, key: 'odd' }, { key: 'a/B/c' }] } });
  expect(found?.files).toHaveLength(1);
  expect(found?.files[0]).toMatchObject({ name: 'lib x.so', debugId: 'AB1', file: 'lib x.so.sym', isTry: false, storedSize: 3 });
  expect(readUploadWithFiles({})).toBeUndefined();
});

test('a download is where all clients find it, try symbols apart', () => {
  const [file] = readUploadWithFiles({ upload: { ...kUpload, file_uploads: [{ id: 1, key: 'a b#?.pdb/AB1/a b#?.sym', try_symbols: true }] } })!.files;
  expect(downloadPath(file!)).toBe('/try/a%20b%23%3F.pdb/AB1/a%20b%23%3F.sym');
  expect(downloadPath({ ...file!, isTry: false, name: 'x' })).toBe('/x/AB1/a%20b%23%3F.sym');
});
