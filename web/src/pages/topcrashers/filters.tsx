// What the ranking is of: product, version, platform, process, time, number. Each choice is a link.
import type { VNode } from 'preact';
import { termsOf, type FacetTerm } from '../../api/search_facets';
import { exactTerm, sameCondition, type Condition } from '../../api/search_query';
import {
  datedConditions,
  hasOtherProcesses,
  kCountChoices,
  kDayChoices,
  kOtherProcesses,
  topPath,
  type RangeType,
  type TopQuery,
} from '../../api/top_crashers';
import { Choices, type Choice } from '../../widgets/choices';
import { useFields } from '../../widgets/field_select';
import { datesInWords } from '../../widgets/time_range';
import { useCounts } from '../../widgets/use_counts';

// More are in a list that opens.
const kMaxLinks = 5;

const kFields = [
  { field: 'product', title: 'Product' },
  { field: 'version', title: 'Version' },
  { field: 'release_channel', title: 'Channel' },
  { field: 'platform', title: 'Platform' },
  { field: 'process_type', title: 'Process' },
  { field: 'kind', title: 'Kind' },
] as const;
// Of crashes and hangs, where the server can search for them.
const kReportType = { field: 'report_type', title: 'Type' } as const;

const kRangeTypes: readonly (readonly [RangeType, string])[] = [
  ['report', 'crashes'],
  ['build', 'builds that crashed'],
];

const kEnds: readonly (readonly [boolean, string])[] = [
  [false, 'now'],
  [true, 'the last midnight (UTC)'],
];

export function TopFilters({
  query,
  navigate,
}: {
  query: TopQuery;
  navigate: (path: string) => void;
}): VNode {
  const isTyped = useFields().some(({ name }) => name === kReportType.field);
  const fields = isTyped ? [...kFields, kReportType] : kFields;
  // Products of all crashes; the rest of those of the product.
  const products = useCounts({
    conditions: datedConditions({ ...query, conditions: [] }),
    facets: ['product'],
  });
  const chosen = query.conditions.filter(({ field, negated }) => field === 'product' && !negated);
  const rest = useCounts({
    conditions: datedConditions({ ...query, conditions: chosen }),
    facets: fields.slice(1).map(({ field }) => field),
  });
  return (
    <div class="top-filters">
      {fields.map(({ field, title }) => {
        const counted = field === 'product' ? products.value : rest.value;
        return (
          <FieldFilter
            key={field}
            field={field}
            title={title}
            terms={counted === undefined ? [] : termsOf(counted.facets, field)}
            query={query}
            navigate={navigate}
          />
        );
      })}
      <Row title="Days">
        <Choices
          label="Days"
          choices={numberChoices(kDayChoices, query.dates.length === 0 ? query.days : undefined, (days) =>
            topPath(query, { days }),
          )}
          other={query.dates.length === 0 ? otherNumber(kDayChoices, query.days) : datesInWords(query.dates)}
        />
      </Row>
      <Row title="Until">
        <Choices
          label="Until"
          choices={kEnds.map(([areWhole, text]) => ({
            text,
            href: topPath(query, { areWhole }),
            chosen: query.dates.length === 0 && query.areWhole === areWhole,
          }))}
        />
      </Row>
      <Row title="Time of">
        <Choices
          label="Time of"
          choices={kRangeTypes.map(([rangeType, text]) => ({
            text,
            href: topPath(query, { rangeType }),
            chosen: query.rangeType === rangeType,
          }))}
        />
      </Row>
      <Row title="Rows">
        <Choices
          label="Rows"
          choices={numberChoices(kCountChoices, query.count, (count) => topPath(query, { count }))}
          other={otherNumber(kCountChoices, query.count)}
        />
      </Row>
    </div>
  );
}

function numberChoices(
  numbers: readonly number[],
  chosen: number | undefined,
  hrefOf: (number: number) => string,
): readonly Choice[] {
  return numbers.map((number) => ({ text: String(number), href: hrefOf(number), chosen: number === chosen }));
}

function otherNumber(numbers: readonly number[], chosen: number): string | undefined {
  return numbers.includes(chosen) ? undefined : String(chosen);
}

function Row({ title, children }: { title: string; children: VNode | (VNode | null | false)[] }): VNode {
  return (
    <div class="filter-row">
      <span class="filter-name">{title}</span>
      {children}
    </div>
  );
}

interface FieldFilterProps {
  readonly field: string;
  readonly title: string;
  readonly terms: readonly FacetTerm[];
  readonly query: TopQuery;
  readonly navigate: (path: string) => void;
}

function FieldFilter({ field, title, terms, query, navigate }: FieldFilterProps): VNode | null {
  const own = query.conditions.filter((condition) => condition.field === field);
  const others = query.conditions.filter((condition) => condition.field !== field);
  // With another product, its versions and channels are others too.
  const kept =
    field === 'product'
      ? others.filter((condition) => condition.field !== 'version' && condition.field !== 'release_channel')
      : others;
  const pathOf = (conditions: readonly Condition[]): string =>
    topPath(query, {
      conditions: [...kept, ...conditions],
      // Of another product its featured version comes first.
      ...(field === 'version' && { hasAllVersions: true }),
      ...(field === 'product' && { hasAllVersions: false }),
    });
  const isChosen = (term: string): boolean =>
    own.some((condition) => sameCondition(condition, exactTerm(field, term)));
  if (terms.length < 2 && own.length === 0) return null;
  const hidden = terms.slice(kMaxLinks);
  const areOthers = field === 'process_type' && hasOtherProcesses(own);
  const links: readonly Choice[] = [
    { text: 'All', href: pathOf([]), chosen: own.length === 0 },
    ...terms
      .filter(({ term }, index) => index < kMaxLinks || isChosen(term))
      .map(({ term }) => ({ text: term, href: pathOf([exactTerm(field, term)]), chosen: isChosen(term) })),
    ...(field === 'process_type' ? [{ text: 'other', href: pathOf(kOtherProcesses), chosen: areOthers }] : []),
  ];
  const isOther = own.length > 0 && !areOthers && !terms.some(({ term }) => isChosen(term));
  return (
    <Row title={title}>
      <Choices
        label={title}
        choices={links}
        other={isOther ? own.map(({ value }) => value).join(', ') : undefined}
      />
      {hidden.length > 0 && (
        <select
          aria-label={`Another ${title.toLowerCase()}`}
          value=""
          onChange={(event) => navigate(pathOf([exactTerm(field, event.currentTarget.value)]))}
        >
          <option value="">{hidden.length} more …</option>
          {hidden.map(({ term }) => (
            <option key={term} value={term}>
              {term}
            </option>
          ))}
        </select>
      )}
    </Row>
  );
}
