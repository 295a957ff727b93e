// The facts of a crash as a list of names and values. What is absent is left out.
import type { ComponentChildren, VNode } from 'preact';
import { searchPath, type Condition } from '../../api/search_query';
import type { Crash } from '../../base/crash';
import { countOf, formatAge, formatTime, joinPresent } from '../../base/format';

interface Fact {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly code?: boolean;
  readonly wide?: boolean;
}

export function Facts({ crash }: { crash: Crash }): VNode {
  const present = factsOf(crash).filter((fact) => fact.value !== undefined && fact.value !== '');
  return (
    <dl class="facts">
      {present.map((fact) => (
        <div key={fact.name} class={fact.wide === true ? 'wide' : undefined}>
          <dt>{fact.name}</dt>
          <dd class={fact.code === true ? 'mono' : undefined}>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(crash: Crash): readonly Fact[] {
  const count = crash.cpuCount === undefined ? undefined : countOf(crash.cpuCount, 'CPU', 'CPUs');
  return [
    { name: 'Reason', value: valueLink('reason', '=', crash.reason), code: true },
    { name: 'Address', value: crash.address, code: true },
    { name: 'Assertion', value: crash.assertion, code: true, wide: true },
    { name: 'Time', value: crash.submitted === undefined ? undefined : <Time time={crash.submitted} /> },
    { name: 'Product', value: valueLink('product', '', crash.product) },
    { name: 'Version', value: valueLink('version', '', crash.version) },
    { name: 'Channel', value: valueLink('release_channel', '', crash.channel) },
    { name: 'Build', value: valueLink('build_id', '', crash.build) },
    { name: 'Process', value: crash.processType },
    { name: 'Processed', value: crash.processed === undefined ? undefined : <Time time={crash.processed} /> },
    { name: 'OS', value: joinPresent([crash.osName, crash.osVersion]), wide: true },
    { name: 'CPU', value: joinPresent([crash.cpuArch, crash.cpuInfo, count], ', '), wide: true },
    { name: 'Dump hash', value: crash.dumpHash, code: true, wide: true },
  ];
}

// A value that leads to the crashes that share it.
function valueLink(field: string, operator: Condition['operator'], value: string | undefined): VNode | undefined {
  if (value === undefined) return undefined;
  const path = searchPath([{ field, operator, negated: false, value }]);
  return <a href={path} title="Search crashes with this value">{value}</a>;
}

function Time({ time }: { time: Date }): VNode {
  return (
    <time dateTime={time.toISOString()}>
      {formatTime(time)} UTC <span class="quiet">({formatAge(time, new Date())})</span>
    </time>
  );
}
