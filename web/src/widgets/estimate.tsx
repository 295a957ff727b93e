// How many crashes happened, where only some were kept: "≈ 4,234" and the interval that holds it 19 times in 20.
import type { VNode } from 'preact';
import type { Weighted } from '../api/search_facets';
import { formatCount } from '../base/format';

// Digits beyond what the interval leaves certain would be noise.
export function roundEstimate(value: number): number {
  if (value < 100) return Math.round(value);
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 2);
  return Math.round(value / step) * step;
}

export function intervalText({ low, high }: Weighted): string {
  return `${formatCount(roundEstimate(low))}–${formatCount(roundEstimate(high))}`;
}

export function Estimate({ weighted }: { weighted: Weighted | undefined }): VNode | null {
  if (weighted === undefined) return null;
  if (weighted.low === weighted.high)
    return (
      <span class="estimate" title="All crashes were kept">
        ≈ {formatCount(roundEstimate(weighted.count))}
      </span>
    );
  return (
    <span class="estimate" title={`Estimate of all crashes, 95 % interval ${intervalText(weighted)}`}>
      ≈ {formatCount(roundEstimate(weighted.count))} <span class="quiet">({intervalText(weighted)})</span>
    </span>
  );
}
