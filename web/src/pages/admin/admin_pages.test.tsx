import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { readRuleChanges } from '../../api/collector_rules';
import { readProduct } from '../../api/products';
import { readPreview, readSigning } from '../../api/signing';
import { readAudit, readUsers } from '../../api/users';
import { AuditList } from './audit_page';
import { ProductTable } from './products_page';
import { ChangeList } from './rules_page';
import { Mistakes } from './signing_fields';
import { Progress } from './signing_page';
import { PreviewView } from './signing_preview';
import { UserTable } from './users_page';

const kId = 'cee31833-a8c5-4911-b2cb-ca2d10261130';

test('an entry about a crash leads to it', () => {
  const query = { who: '', action: '', before: undefined };
  const text = render(
    <AuditList
      query={query}
      found={readAudit({
        entries: [
          { id: 1, who: 'a', action: 'read protected', object: kId },
          { id: 2, object: 'ann' },
        ],
        next: 1,
      })}
    />,
  );
  expect(text).toContain(`href="/report/index/${kId}"`);
  expect(text).toContain('href="/admin/audit?before=1"');
});

test('an empty log says which filter emptied it', () => {
  const text = render(
    <AuditList query={{ who: 'ann', action: 'x', before: undefined }} found={readAudit({})} />,
  );
  expect(text).toContain('by ann and that is “x”');
  expect(text).toContain('<a href="/admin/audit?action=x">Leave out <b>by ann</b></a>');
});

test('disabled users are told apart', () => {
  const users = readUsers({ users: [{ name: 'ann' }, { name: 'ben', disabled: '2026-09-01T00:00:00Z' }] });
  expect(render(<UserTable users={users} chosen={undefined} />)).toContain('disabled 2026-09-01');
});

test('a product says who sees what', () => {
  expect(
    render(<ProductTable products={[readProduct({ name: 'A', crashes: 'token', report_days: 30 })]} />),
  ).toContain('30 days, usual');
});

test('a preview counts, and names what would split', () => {
  const preview = readPreview({
    crashes: 10,
    changed_crashes: 4,
    splits: {
      total: 1,
      rows: [
        { signature: 'a', crashes: 4, parts_total: 3, parts: [{ signature: 'b', crashes: 1, example: kId }] },
      ],
    },
  });
  const text = render(<PreviewView preview={preview} />);
  expect(text).toContain('Split up');
  expect(text).toContain('and 2 more');
  expect(text).toContain(kId);
  expect(render(<PreviewView preview={readPreview({ crashes: 10 })} />)).toContain('Nothing would change');
});

test('every mistake is told', () => {
  expect(
    render(<Mistakes problem={{ kind: 'bad-request', detail: 'a', mistakes: ['line 1: a', 'line 2: b'] }} />),
  ).toContain('line 2: b');
});

test('history that is signed again says how far it is', () => {
  expect(
    render(
      <Progress
        signing={readSigning({ signing: { is_done: false, share: 0.426, stacks: 10, changed: 3 } })}
      />,
    ),
  ).toContain('42 %');
  expect(render(<Progress signing={readSigning({})} />)).toBe('');
});

test('the newest rules are those in force', () => {
  const changes = readRuleChanges({
    changes: [
      { revision: 'old', date: '2026-11-01T00:00:00Z' },
      { revision: 'new', date: '2026-11-02T00:00:00Z' },
      {},
    ],
  });
  const text = render(<ChangeList changes={changes} shown="old" />);
  expect(text.indexOf('new')).toBeLessThan(text.indexOf('old'));
  expect(text).toContain(', in force');
});
