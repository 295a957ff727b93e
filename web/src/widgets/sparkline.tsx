// A few numbers over time as small bars, for a row of a table. The same numbers are its name for those who do
// not see it.
import type { VNode } from 'preact';
import { formatCount } from '../base/format';

const kBarWidth = 10;
const kGap = 3;
const kHeight = 28;
// So that a day with one crash is not taken for one with none.
const kLeastHeight = 2;

export interface SparklineProps {
  readonly title: string;
  readonly values: readonly number[];
  // One for each value: "2026-11-30".
  readonly labels: readonly string[];
  // The last value is of a time that is not over.
  readonly isOpen: boolean;
}

export function Sparkline({ title, values, labels, isOpen }: SparklineProps): VNode {
  const most = Math.max(1, ...values);
  const width = values.length * (kBarWidth + kGap) - kGap;
  const words = values.map((value, index) => `${labels[index] ?? ''}: ${formatCount(value)}`);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${width} ${kHeight}`}
      width={width}
      height={kHeight}
      role="img"
      aria-label={`${title}. ${words.join(', ')}`}
    >
      <title>{words.join('\n')}</title>
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(kLeastHeight, (value / most) * kHeight);
        const isFrame = value > 0 && isOpen && index === values.length - 1;
        // A frame is drawn along its middle.
        const inset = isFrame ? 0.5 : 0;
        const kind = value === 0 ? 'none' : isFrame ? 'open' : undefined;
        return (
          <rect
            key={index}
            class={kind}
            x={index * (kBarWidth + kGap) + inset}
            y={kHeight - height + inset}
            width={kBarWidth - 2 * inset}
            height={height - 2 * inset}
          />
        );
      })}
    </svg>
  );
}
