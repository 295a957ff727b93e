// Counts over time, drawn by uPlot, which is loaded when the first chart is shown. Dragging over a part of it
// chooses that time; by keyboard the arrows go from bucket to bucket, with Shift over several, and Enter or f
// chooses. The same numbers stand in a table below, for those who do not see the picture, or want to take it along.
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type uPlot from 'uplot';
import { formatCount } from '../base/format';
import { cursorWords, moveCursor, type ChartCursor } from './chart_cursor';
import { DataTable, type Column } from './data_table';
import { NavigateContext } from './navigate_context';
import './time_chart.css';

export interface TimeSeries {
  readonly label: string;
  // One for each time; undefined: not known.
  readonly values: readonly (number | undefined)[];
}

export interface TimeChartProps {
  // What the chart shows, in words.
  readonly title: string;
  // Where each bucket begins, in seconds since 1970, ascending and evenly spaced.
  readonly times: readonly number[];
  readonly stepS: number;
  readonly series: readonly TimeSeries[];
  // Bars for one series, lines for several.
  readonly shape: 'bars' | 'lines';
  readonly heightPx: number;
  // Of seconds: [from, to).
  readonly onRange?: (fromS: number, toS: number) => void;
  // The page that shows one bucket alone.
  readonly hrefOf?: (fromS: number, toS: number) => string;
}

export function TimeChart(props: TimeChartProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const plot = useRef<uPlot | undefined>(undefined);
  const [isMissing, setMissing] = useState(false);
  const shown = JSON.stringify([props.times, props.series, props.shape, props.heightPx]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let stop: (() => void) | undefined;
    let isWanted = true;
    import('uplot').then(
      ({ default: Plot }) => {
        if (isWanted) stop = drawChart(Plot, element, latest, plot);
      },
      () => setMissing(true),
    );
    return () => {
      isWanted = false;
      stop?.();
    };
  }, [shown]);

  return (
    <figure class="time-chart">
      <KeyedPlot {...props} box={box} plot={plot} />
      {isMissing && <p class="quiet">The chart’s code did not come; the table has the numbers.</p>}
      <details class="block">
        <summary>Numbers</summary>
        <NumbersTable {...props} />
      </details>
    </figure>
  );
}

interface KeyedPlotProps extends TimeChartProps {
  readonly box: { readonly current: HTMLDivElement | null };
  readonly plot: { readonly current: uPlot | undefined };
}

function KeyedPlot({ box, plot, ...props }: KeyedPlotProps): VNode {
  const { times, stepS, series } = props;
  const navigate = useContext(NavigateContext);
  const [chosen, setCursor] = useState<ChartCursor | undefined>(undefined);
  const last = times.length - 1;
  const isGone = chosen === undefined || Math.max(chosen.at, chosen.from) > last;
  const cursor = isGone ? { at: last, from: last } : chosen;
  const textOf = (index: number): string => bucketText(times[index] ?? 0, stepS);
  const words = times.length === 0 ? '' : cursorWords(cursor, textOf, series);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moved = moveCursor(cursor, event.key, { count: times.length, isRange: event.shiftKey });
    if (moved !== undefined) {
      setCursor(moved);
      if (plot.current !== undefined) showCursor(plot.current, props, moved);
    } else if (event.key === 'Enter' || event.key === 'f') {
      choose(props, cursor, navigate);
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <>
      <div
        ref={box}
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label={`${props.title}. The numbers are in the table below`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.max(0, cursor.at)}
        aria-valuetext={words}
        style={{ minHeight: `${props.heightPx}px` }}
        onKeyDown={onKeyDown}
      />
      <p class="at-cursor quiet" aria-hidden="true">
        {words}
      </p>
    </>
  );
}

function choose(
  { times, stepS, onRange, hrefOf }: TimeChartProps,
  { at, from }: ChartCursor,
  navigate: (path: string) => void,
): void {
  const begin = times[Math.min(at, from)];
  const end = times[Math.max(at, from)];
  if (begin === undefined || end === undefined) return;
  if (onRange !== undefined) onRange(begin, end + stepS);
  else if (hrefOf !== undefined) navigate(hrefOf(begin, end + stepS));
}

// As the pointer would show it.
function showCursor(plot: uPlot, { times, stepS, shape }: TimeChartProps, { at, from }: ChartCursor): void {
  const left = (index: number, part: number): number =>
    plot.valToPos((times[index] ?? 0) + (shape === 'bars' ? part * stepS : 0), 'x');
  plot.setCursor({ left: left(at, 0.5), top: 0 });
  const [begin, end] = [left(Math.min(at, from), 0), left(Math.max(at, from), 1)];
  const width = at === from ? 0 : end - begin;
  plot.setSelect({ left: begin, width, top: 0, height: width === 0 ? 0 : plot.over.clientHeight }, false);
}

function bucketText(seconds: number, stepS: number): string {
  return new Date(seconds * 1000)
    .toISOString()
    .slice(0, stepS < 86_400 ? 16 : 10)
    .replace('T', ' ');
}

const kColors = ['--accent', '--ping', '--warn', '--link'];

// A canvas knows no variables: an element says which colour one is at present.
function colorOf(element: Element, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

function withOpacity(color: string, opacity: number): string {
  return color.replace(
    /^rgb\((.*)\)$/,
    (_, parts: string) => `rgb(${parts.replaceAll(',', '')} / ${opacity})`,
  );
}

function drawChart(
  Plot: typeof uPlot,
  element: HTMLElement,
  latest: { readonly current: TimeChartProps },
  holder: { current: uPlot | undefined },
): () => void {
  const draw = (): void => {
    holder.current?.destroy();
    holder.current = new Plot(optionsOf(Plot, element, latest), dataOf(latest.current), element);
  };
  draw();
  const resized = new ResizeObserver(() =>
    holder.current?.setSize({ width: element.clientWidth, height: latest.current.heightPx }),
  );
  resized.observe(element);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', draw);
  document.addEventListener('cairn-scheme', draw);
  return () => {
    resized.disconnect();
    dark.removeEventListener('change', draw);
    document.removeEventListener('cairn-scheme', draw);
    holder.current?.destroy();
    holder.current = undefined;
  };
}

function dataOf({ times, series }: TimeChartProps): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => values.map((value) => value ?? null))];
}

function optionsOf(
  Plot: typeof uPlot,
  element: HTMLElement,
  latest: { readonly current: TimeChartProps },
): uPlot.Options {
  const { heightPx, series, shape, stepS, times } = latest.current;
  const line = colorOf(element, '--line');
  const quiet = colorOf(element, '--quiet');
  const axis = {
    stroke: quiet,
    size: 30,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
    font: `12px ${getComputedStyle(element).fontFamily}`,
  };
  const bars = Plot.paths.bars?.({ size: [0.92, 400], align: 1 });
  return {
    width: element.clientWidth,
    height: heightPx,
    // All that the server writes is UTC.
    tzDate: (seconds) => Plot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    legend: { show: shape === 'lines' },
    cursor: {
      y: false,
      drag: { x: latest.current.onRange !== undefined, y: false, setScale: false },
      points: { show: shape === 'lines' },
    },
    scales: {
      x: { range: () => [times[0] ?? 0, (times.at(-1) ?? 0) + (shape === 'bars' ? stepS : 0)] },
      y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 70,
        incrs: kSteps.get(stepS) ?? [],
        values: (_, splits, __, ___, step) => splits.map((seconds) => timeText(seconds, step)),
      },
      {
        ...axis,
        size: 52,
        splits: (_, __, ___, max) => evenSplits(max, heightPx < 120 ? 2 : 4),
        values: (_, splits) => splits.map(formatCount),
      },
    ],
    series: [
      {
        value: (_, seconds) =>
          seconds === null ? '' : new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' '),
      },
      ...series.map(({ label }, index) =>
        seriesStyle(
          label,
          colorOf(element, kColors[index % kColors.length] ?? '--accent'),
          shape,
          index,
          bars,
        ),
      ),
    ],
    hooks: { setSelect: [(plot) => chooseRange(plot, latest.current)] },
  };
}

// Colours are not all that tells lines apart.
const kDashes = [undefined, [8, 4], [2, 3], [10, 3, 2, 3]];

function seriesStyle(
  label: string,
  color: string,
  shape: 'bars' | 'lines',
  index: number,
  bars: uPlot.Series.PathBuilder | undefined,
): uPlot.Series {
  const value = (_: uPlot, count: number | null): string =>
    count === null ? '—' : formatCount(Math.round(count));
  if (shape === 'bars' && bars !== undefined)
    return {
      label,
      stroke: color,
      fill: withOpacity(color, 0.35),
      width: 1,
      paths: bars,
      points: { show: false },
      value,
    };
  const dash = kDashes[index % kDashes.length];
  return {
    label,
    stroke: color,
    width: 2,
    ...(dash !== undefined && { dash }),
    points: { show: false },
    value,
  };
}

// Between the marks of the axis, in seconds, by the width of a bucket: no mark stands within one.
const kSteps = new Map<number, number[]>([
  [60, [60, 300, 600, 1800, 3600]],
  [3600, [1, 3, 6, 12, 24, 48].map((hours) => hours * 3600)],
  [86_400, [1, 2, 7, 14, 28, 56].map((days) => days * 86_400)],
  [604_800, [1, 2, 4, 8, 13, 26].map((weeks) => weeks * 604_800)],
]);

// "11-22", or "10:30" where hours are told apart, with the day where it begins.
function timeText(seconds: number, stepS: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return stepS >= 86_400 || seconds % 86_400 === 0 ? text.slice(5, 10) : text.slice(11, 16);
}

// Whole numbers, at most `count` above 0.
function evenSplits(max: number, count: number): number[] {
  const rough = Math.max(1, max / count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough,
  );
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, index) => index * step);
}

function chooseRange(plot: uPlot, { times, stepS, onRange }: TimeChartProps): void {
  const { left, width } = plot.select;
  // A click is no range.
  if (onRange === undefined || width < 4) return;
  const bucket = (seconds: number): number => Math.floor((seconds - (times[0] ?? 0)) / stepS);
  const from = (times[0] ?? 0) + bucket(plot.posToVal(left, 'x')) * stepS;
  const to = (times[0] ?? 0) + (bucket(plot.posToVal(left + width, 'x')) + 1) * stepS;
  onRange(from, to);
}

interface NumbersRow {
  readonly time: number;
  readonly values: readonly (number | undefined)[];
}

function NumbersTable({ title, times, stepS, series, hrefOf }: TimeChartProps): VNode {
  const rows: readonly NumbersRow[] = times.map((time, index) => ({
    time,
    values: series.map(({ values }) => values[index]),
  }));
  const text = (time: number): string => bucketText(time, stepS);
  const columns: readonly Column<NumbersRow>[] = [
    {
      name: 'from',
      title: 'From (UTC)',
      value: ({ time }) => text(time),
      cell: ({ time }) =>
        hrefOf === undefined ? text(time) : <a href={hrefOf(time, time + stepS)}>{text(time)}</a>,
    },
    ...series.map(({ label }, index): Column<NumbersRow> => ({
      name: `value${index}`,
      title: label,
      isNumeric: true,
      value: ({ values }) => values[index],
      cell: ({ values }) => {
        const value = values[index];
        return value === undefined ? '—' : formatCount(Math.round(value));
      },
    })),
  ];
  return (
    <DataTable
      caption={title}
      name="numbers"
      columns={columns}
      rows={rows}
      rowKey={({ time }) => String(time)}
    />
  );
}
