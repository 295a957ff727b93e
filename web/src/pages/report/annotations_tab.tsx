// What the client sent with the crash, in two lists: what everybody sees, and what few do.
import type { VNode } from 'preact';
import type { Dictionary } from '../../api/dictionary';
import type { Me } from '../../api/me';
import type { Crash } from '../../base/crash';
import { readableJson } from '../../base/json_read';
import { DataTable, type Column } from '../../widgets/data_table';
import { LongText } from '../../widgets/long_text';
import { TermName } from '../../widgets/term_name';
import { isAllowed } from '../../widgets/use_me';

type Pair = readonly [string, string];
type Pairs = readonly Pair[];

export interface AnnotationsTabProps {
  readonly crash: Crash;
  readonly dictionary: Dictionary | undefined;
  readonly me: Me | undefined;
}

export function AnnotationsTab({ crash, dictionary, me }: AnnotationsTabProps): VNode {
  const pairs = [...crash.annotations].sort(([one], [other]) => (one < other ? -1 : 1));
  // An annotation that has no row in the dictionary is protected.
  const isPublic = ([name]: readonly [string, string]): boolean =>
    dictionary === undefined || dictionary.byAnnotation.get(name)?.isPublic === true;
  return (
    <>
      <Section
        title="Public"
        pairs={pairs.filter(isPublic)}
        dictionary={dictionary}
        none="No public annotation came with it."
      />
      <ProtectedSection
        pairs={pairs.filter((pair) => !isPublic(pair))}
        product={crash.product}
        dictionary={dictionary}
        me={me}
      />
    </>
  );
}

function ProtectedSection({
  pairs,
  product,
  dictionary,
  me,
}: {
  pairs: Pairs;
  product: string | undefined;
  dictionary: Dictionary | undefined;
  me: Me | undefined;
}): VNode {
  if (pairs.length > 0 || isAllowed(me, 'view_pii', product)) {
    return (
      <Section
        title="Protected"
        pairs={pairs}
        dictionary={dictionary}
        none="No protected annotation came with it."
      />
    );
  }
  return (
    <section>
      <h2>Protected</h2>
      <p class="quiet">
        What may say who a person is or what they did is shown to people with the permission view_pii.{' '}
        {me?.hasAccounts === true && me.name === undefined && <a href="/account/sign-in">Sign in</a>}
      </p>
    </section>
  );
}

function columnsFor(dictionary: Dictionary | undefined): readonly Column<Pair>[] {
  return [
    {
      name: 'name',
      title: 'Name',
      value: ([name]) => name,
      cell: ([name]) => (
        <bdi>
          <TermName term={dictionary?.byAnnotation.get(name)}>{name}</TermName>
        </bdi>
      ),
    },
    {
      name: 'value',
      title: 'Value',
      value: ([, value]) => value,
      cell: ([, value]) => (
        <span dir="auto">
          <LongText text={readableJson(value)} />
        </span>
      ),
    },
  ];
}

function Section({
  title,
  pairs,
  dictionary,
  none,
}: {
  title: string;
  pairs: Pairs;
  dictionary: Dictionary | undefined;
  none: string;
}): VNode {
  return (
    <section>
      {pairs.length === 0 ? (
        <>
          <h2>{title}</h2>
          <p class="quiet">{none}</p>
        </>
      ) : (
        <DataTable
          caption={`${title} annotations`}
          name="annotations"
          columns={columnsFor(dictionary)}
          rows={pairs}
          rowKey={([name]) => name}
          tools={{
            beside: (
              <h2>
                {title} <span class="thread-name">{pairs.length}</span>
              </h2>
            ),
          }}
        />
      )}
    </section>
  );
}
