// The most frequent values of any fields.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { fieldTitle } from '../../api/search_fields';
import { termsOf } from '../../api/search_facets';
import { exactTerm, termText } from '../../api/search_query';
import { FacetTable } from '../../widgets/facet_table';
import { FieldSelect } from '../../widgets/field_select';
import { ProblemView } from '../../widgets/problem_view';
import { useCounts } from '../../widgets/use_counts';
import { narrowed } from './summary';
import type { TabProps } from './tab_props';

const kUsualFields = ['product', 'platform', 'build_id', 'release_channel'];
const kTerms = 50;

export function Aggregations(props: TabProps): VNode {
  const [turn, setTurn] = useState(0);
  const chosen = props.parameters.getAll('by').filter((name) => /^[a-z][a-z0-9_.]*$/.test(name));
  const fields = chosen.length === 0 ? kUsualFields : chosen;
  const pathWith = (names: readonly string[]): string =>
    props.pathOf({ more: names.map((name) => ['by', name] as const) });
  return (
    <>
      <p class="tab-tools">
        <FieldSelect
          key={turn}
          label="Count by another field"
          value=""
          isTaken={(name) => fields.includes(name)}
          onChoose={(name) => {
            setTurn((before) => before + 1);
            props.navigate(pathWith([name, ...fields]));
          }}
        />
      </p>
      <div class="panels">
        {fields.map((field) => (
          <OneField
            key={field}
            field={field}
            removeHref={fields.length > 1 ? pathWith(fields.filter((other) => other !== field)) : undefined}
            {...props}
          />
        ))}
      </div>
    </>
  );
}

// Each is asked alone: a field that the visitor may not see does not take the others away.
function OneField({
  field,
  removeHref,
  ...props
}: TabProps & { field: string; removeHref: string | undefined }): VNode | null {
  const { value, problem } = useCounts({ conditions: props.conditions, facets: [field], facetsSize: kTerms });
  if (problem !== undefined) return <ProblemView problem={problem} />;
  if (value === undefined) return null;
  const title = fieldTitle(field);
  return (
    <FacetTable
      title={title}
      terms={termsOf(value.facets, field)}
      total={value.total}
      textOf={(term) => termText(field, term)}
      narrowingOf={(term) => narrowed(props, title, exactTerm(field, term))}
      actions={
        removeHref !== undefined && (
          <a
            class="remove"
            href={removeHref}
            aria-label={`Do not count by ${title}`}
            title="Take this table away"
          >
            ×
          </a>
        )
      }
    />
  );
}
