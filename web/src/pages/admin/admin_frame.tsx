// What the pages for administrators share: their tabs, and a sentence for those who are none.
import type { ComponentChildren, VNode } from 'preact';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { signInPath } from '../../widgets/account_corner';
import '../../widgets/form.css';
import { Loading } from '../../widgets/problem_view';
import { mayTry, useMe } from '../../widgets/use_me';
import { useTitle } from '../../widgets/use_title';
import './admin.css';

const kTabs = [
  { path: '/admin/users', text: 'Users' },
  { path: '/admin/products', text: 'Products' },
  { path: '/admin/signatures', text: 'Signatures' },
  { path: '/admin/rules', text: 'Collector rules' },
  { path: '/admin/audit', text: 'Audit log' },
] as const;

export type AdminTab = (typeof kTabs)[number]['path'];

export const kAdminWords: Partial<Record<ProblemKind, ProblemWords>> = {
  forbidden: {
    title: 'This is for administrators',
    advice: 'It needs the permission administer. Whoever administers the server can grant it.',
  },
};

export interface AdminFrameProps {
  readonly tab: AdminTab;
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function AdminFrame({ tab, title, lead, children }: AdminFrameProps): VNode {
  useTitle(title);
  const me = useMe();
  return (
    <div class="sheet admin">
      <nav class="tabs" aria-label="Administration">
        {kTabs.map(({ path, text }) => (
          <a key={path} href={path} aria-current={path === tab ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      <header>
        <h1>{title}</h1>
        {lead}
      </header>
      {me === undefined ? (
        <Loading />
      ) : mayTry(me, 'administer') ? (
        children
      ) : (
        <NotForYou name={me.name} tab={tab} />
      )}
    </div>
  );
}

function NotForYou({ name, tab }: { name: string | undefined; tab: AdminTab }): VNode {
  return (
    <section class="problem">
      <h2>This is for administrators</h2>
      {name === undefined ? (
        <p>
          Nobody has signed in here. <a href={signInPath(tab)}>Sign in</a>
        </p>
      ) : (
        <p>
          It needs the permission administer, which <bdi>{name}</bdi> has not. Whoever administers the server
          can grant it.
        </p>
      )}
    </section>
  );
}
