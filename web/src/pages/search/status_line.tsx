// One line over the results: how many crashes, from when, and whether the page follows new ones.
import type { ComponentChildren, VNode } from 'preact';
import type { Weighted } from '../../api/search_facets';
import { queryPath, type SearchQuery } from '../../api/search_query';
import { countOf } from '../../base/format';
import { problemWords, type Problem } from '../../base/problem';
import { Estimate } from '../../widgets/estimate';
import { TimeRange } from '../../widgets/time_range';

export interface StatusLineProps {
  // undefined: no answer yet.
  readonly total: number | undefined;
  readonly weighted: Weighted | undefined;
  readonly query: SearchQuery;
  readonly problem: Problem | undefined;
  readonly live: boolean;
  readonly onLive: (live: boolean) => void;
  // Newer crashes that are held back while the pointer is over the table.
  readonly waiting: number;
  readonly children: ComponentChildren;
}

export function StatusLine(props: StatusLineProps): VNode {
  const { query } = props;
  return (
    <div class="status-line">
      <p>
        <strong role="status">
          {props.total === undefined ? '' : countOf(props.total, 'crash', 'crashes')}
        </strong>
        {props.weighted !== undefined && (
          <>
            {' '}
            <Estimate weighted={props.weighted} />
          </>
        )}
      </p>
      <TimeRange
        conditions={query.conditions}
        pathOf={(conditions) => queryPath(query, { conditions })}
        now={new Date()}
      />
      {props.waiting > 0 && (
        <p class="waiting">
          {countOf(props.waiting, 'newer crash', 'newer crashes')} — shown when the pointer leaves the table
        </p>
      )}
      {props.problem !== undefined && (
        <p class="trouble" role="alert">
          {problemWords(props.problem.kind).title}.
        </p>
      )}
      <div class="end">
        {props.children}
        {query.page === 0 && (
          <label class="live" title="Ask for new crashes every few seconds">
            <input
              type="checkbox"
              checked={props.live}
              onChange={(event) => props.onLive(event.currentTarget.checked)}
            />
            Live
          </label>
        )}
      </div>
    </div>
  );
}
