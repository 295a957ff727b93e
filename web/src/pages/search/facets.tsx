// The counts beside the crashes: a table for each field that the query names, and the choice of fields.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { adapterText } from '../../api/graphics';
import { innerCounts } from '../../api/inner_counts';
import type { SearchPage } from '../../api/search';
import { formatCount } from '../../base/format';
import { fieldTitle } from '../../api/search_fields';
import { termsOf } from '../../api/search_facets';
import {
  exactBucket,
  exactTerm,
  queryPath,
  sameCondition,
  termText,
  withCondition,
  type Condition,
  type SearchQuery,
} from '../../api/search_query';
import { BugLinks } from '../../widgets/bug_links';
import { FacetTable } from '../../widgets/facet_table';
import type { Narrowing } from '../../widgets/cell_links';
import { FieldSelect } from '../../widgets/field_select';
import { useBugsOf } from '../../widgets/use_bugs_of';
import { useGraphics } from '../../widgets/use_graphics';

const kMoreTerms = 100;
const kVendorField = 'adapter_vendor_id';

export function Facets({
  query,
  found,
  navigate,
}: {
  query: SearchQuery;
  found: SearchPage;
  navigate: (path: string) => void;
}): VNode {
  // A select shows what was added no more.
  const [turn, setTurn] = useState(0);
  return (
    <aside class="facets" aria-label="Counts">
      {query.facets.map((name) => (
        <OneFacet key={name} name={name} query={query} found={found} />
      ))}
      {query.counts.length > 0 && <InnerTables query={query} found={found} />}
      <p class="facet-choice">
        <FieldSelect
          key={turn}
          label="Count by another field"
          value=""
          isTaken={(name) => query.facets.includes(name)}
          onChoose={(name) => {
            setTurn((before) => before + 1);
            navigate(queryPath(query, { facets: [...query.facets, name] }));
          }}
        />
        <label title="Each crash that was kept stands for those that were not">
          <input
            type="checkbox"
            checked={query.hasWeights}
            onChange={(event) => navigate(queryPath(query, { hasWeights: event.currentTarget.checked }))}
          />
          Estimates of all crashes
        </label>
      </p>
    </aside>
  );
}

// More can be neither read nor drawn at once.
const kInnerRows = 100;

// What the address asks for beyond a table for each field.
function InnerTables({ query, found }: { query: SearchQuery; found: SearchPage }): VNode {
  const tables = innerCounts(found.facets, (name) => query.facets.includes(name));
  return (
    <>
      {tables.map(({ title, terms, areCounts }) => (
        <FacetTable
          key={title}
          title={title}
          terms={terms.slice(0, kInnerRows)}
          total={areCounts ? found.total : 0}
        >
          {terms.length > kInnerRows && (
            <p class="quiet">and {formatCount(terms.length - kInnerRows)} more rows</p>
          )}
        </FacetTable>
      ))}
      {[...found.facets.percentiles]
        .map(([name, percentiles]) => [name.replace('percentiles_', ''), percentiles] as const)
        .filter(([name]) => !query.facets.includes(name))
        .map(([name, percentiles]) => (
          <section key={name} class="facet">
            <header>
              <h2>{fieldTitle(name)}</h2>
            </header>
            <Distribution percentiles={percentiles} />
          </section>
        ))}
      <p class="quiet">The address asks for counts within others.</p>
      <p>
        <a href={queryPath(query, { counts: [] })}>Take them away</a>
      </p>
    </>
  );
}

function OneFacet({ name, query, found }: { name: string; query: SearchQuery; found: SearchPage }): VNode {
  const terms = termsOf(found.facets, name);
  const title = name === 'bucket' ? 'Signatures' : fieldTitle(name);
  const isVendor = name === kVendorField;
  const adapters = useGraphics(isVendor ? terms.map(({ term }) => ({ vendor: term, adapter: undefined })) : []);
  const bugs = useBugsOf(name === 'bucket' || name === 'signature' ? terms.map(({ term }) => term) : []);
  const conditionOf = (term: string): Condition =>
    name === 'bucket' ? exactBucket(term) : exactTerm(name, term);
  const narrowingOf = (term: string): Narrowing => {
    const condition = conditionOf(term);
    // A crash has one value: another one of the same field takes its place.
    const others = query.conditions.filter(
      ({ field, negated }) =>
        negated || (field !== condition.field && !(name === 'bucket' && field === 'signature')),
    );
    return {
      what: `${title} ${term}`,
      filterHref: queryPath(query, { conditions: withCondition(others, condition) }),
      excludeHref: queryPath(query, {
        conditions: withCondition(query.conditions, { ...condition, negated: !condition.negated }),
      }),
    };
  };
  return (
    <FacetTable
      title={title}
      terms={terms}
      total={found.total}
      narrowingOf={narrowingOf}
      textOf={(term) =>
        isVendor && term !== ''
          ? adapterText({ vendor: term, adapter: undefined }, adapters)
          : termText(name, term)
      }
      isChosen={(term) => query.conditions.some((condition) => sameCondition(condition, conditionOf(term)))}
      beside={(term) => {
        const known = bugs.get(term);
        return known === undefined ? null : (
          <span class="bugs">
            bug <BugLinks bugs={known} />
          </span>
        );
      }}
      actions={
        <a
          class="remove"
          href={queryPath(query, { facets: query.facets.filter((other) => other !== name) })}
          aria-label={`Do not count by ${title}`}
          title="Take this table away"
        >
          ×
        </a>
      }
    >
      <Distribution percentiles={found.facets.percentiles.get(`percentiles_${name}`)} />
      {terms.length >= query.facetsSize && query.facetsSize < kMoreTerms && (
        <p class="more">
          <a href={queryPath(query, { facetsSize: kMoreTerms })}>More values</a>
        </p>
      )}
    </FacetTable>
  );
}

const kShownPercentages = [5, 25, 50, 75, 95];

// Of amounts: where the middle lies, and how far they reach.
function Distribution({
  percentiles,
}: {
  percentiles: ReadonlyMap<number, number> | undefined;
}): VNode | null {
  if (percentiles === undefined || percentiles.size === 0) return null;
  return (
    <dl class="distribution">
      {kShownPercentages
        .filter((percentage) => percentiles.has(percentage))
        .map((percentage) => (
          <div key={percentage}>
            <dt>{percentage === 50 ? 'median' : `${percentage} % below`}</dt>
            <dd>{formatCount(Math.round((percentiles.get(percentage) ?? 0) * 100) / 100)}</dd>
          </div>
        ))}
    </dl>
  );
}
