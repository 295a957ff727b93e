// The facts of a crash as lists of names and values. What is absent is left out; each name says in a tip what
// it is.
import type { ComponentChildren, VNode } from 'preact';
import type { Dictionary } from '../../api/dictionary';
import { keyOf } from '../../api/graphics';
import { searchPath, type Condition } from '../../api/search_query';
import type { Crash } from '../../base/crash';
import {
  countOf,
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatTime,
  joinPresent,
} from '../../base/format';
import { readCount, readText } from '../../base/json_read';
import { TermName } from '../../widgets/term_name';
import { useGraphics } from '../../widgets/use_graphics';
import { kFactGroups, type FactRow } from './fact_table';

interface Fact {
  readonly title: string;
  readonly field: string;
  readonly value: ComponentChildren;
  readonly code?: boolean | undefined;
  readonly wide?: boolean | undefined;
}

interface FactsProps {
  readonly crash: Crash;
  readonly dictionary: Dictionary | undefined;
}

export function Facts({ crash, dictionary }: FactsProps): VNode {
  return <FactList facts={mainFacts(crash)} dictionary={dictionary} />;
}

export function MoreFacts({ crash, dictionary }: FactsProps): VNode {
  const vendor = readText(crash.document['adapter_vendor_id']);
  const ids = { vendor: vendor ?? '', adapter: readText(crash.document['adapter_device_id']) };
  const names = useGraphics(vendor === undefined ? [] : [ids]).get(keyOf(ids));
  return (
    <>
      {kFactGroups.map(({ title, rows }) => {
        const facts = rows.flatMap((row) =>
          factOf(row, crash, dictionary).map((fact) => withName(fact, row.pci && names?.[row.pci])),
        );
        if (facts.length === 0) return null;
        return (
          <section key={title}>
            <h2>{title}</h2>
            <FactList facts={facts} dictionary={dictionary} />
          </section>
        );
      })}
    </>
  );
}

function FactList({
  facts,
  dictionary,
}: {
  facts: readonly Fact[];
  dictionary: Dictionary | undefined;
}): VNode {
  const present = facts.filter((fact) => fact.value !== undefined && fact.value !== '');
  return (
    <dl class="facts">
      {present.map((fact) => {
        const term = dictionary?.byField.get(fact.field);
        return (
          <div key={fact.field} class={fact.wide === true ? 'wide' : undefined}>
            <dt>
              <TermName term={term}>{fact.title}</TermName>
            </dt>
            <dd class={fact.code === true ? 'mono' : undefined}>
              {fact.value}
              {term !== undefined && !term.isPublic && <span class="mark protected"> protected</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function mainFacts(crash: Crash): readonly Fact[] {
  const count = crash.cpuCount === undefined ? undefined : countOf(crash.cpuCount, 'CPU', 'CPUs');
  return [
    { title: 'Reason', field: 'reason', value: valueLink('reason', '=', crash.reason), code: true },
    { title: 'Address', field: 'address', value: crash.address, code: true },
    { title: 'Assertion', field: 'json_dump', value: crash.assertion, code: true, wide: true },
    {
      title: 'In its words',
      field: 'moz_crash_reason',
      value: valueLink('moz_crash_reason', '=', readText(crash.document['moz_crash_reason'])),
      code: true,
      wide: true,
    },
    {
      title: 'Time',
      field: 'submitted_timestamp',
      value: crash.submitted === undefined ? undefined : <Time time={crash.submitted} />,
    },
    { title: 'Product', field: 'product', value: valueLink('product', '', crash.product) },
    { title: 'Version', field: 'version', value: valueLink('version', '', crash.version) },
    { title: 'Channel', field: 'release_channel', value: valueLink('release_channel', '', crash.channel) },
    { title: 'Build', field: 'build', value: valueLink('build_id', '', crash.build) },
    { title: 'OS', field: 'os_version', value: joinPresent([crash.osName, crash.osVersion]), wide: true },
    {
      title: 'CPU',
      field: 'cpu_arch',
      value: joinPresent([crash.cpuArch, crash.cpuInfo, count], ', '),
      wide: true,
    },
    { title: 'Dump hash', field: 'minidump_sha256_hash', value: crash.dumpHash, code: true, wide: true },
  ];
}

function factOf(
  { title, field, form = 'text', searchedAs, code, wide }: FactRow,
  crash: Crash,
  dictionary: Dictionary | undefined,
): readonly Fact[] {
  const raw = crash.document[field];
  const text = writtenAs(form, raw);
  if (text === undefined) return [];
  const term = dictionary?.byField.get(field);
  const isWord = form === 'text' && typeof raw !== 'object' && wide !== true;
  const value =
    isWord && term?.isPublic === true && term.search !== undefined
      ? valueLink(searchedAs ?? field, '=', text)
      : text;
  return [{ title, field, value, code, wide }];
}

function withName(fact: Fact, name: string | undefined): Fact {
  if (name === undefined) return fact;
  const value = (
    <>
      {name} <span class="quiet">({fact.value})</span>
    </>
  );
  return { ...fact, value, code: false };
}

// undefined: there is nothing, or nothing of that form.
function writtenAs(form: FactRow['form'], raw: unknown): string | undefined {
  if (raw === undefined || raw === null) return undefined;
  const number = readCount(raw);
  switch (form) {
    case 'bytes':
      return number === undefined ? undefined : formatBytes(number);
    case 'seconds':
      return number === undefined ? undefined : formatDuration(number);
    case 'percent':
      return number === undefined ? undefined : `${number} %`;
    case 'count':
      return number === undefined ? undefined : formatCount(number);
    case 'boolean':
      return raw === true || raw === '1' || raw === 'true'
        ? 'yes'
        : raw === false || raw === '0' || raw === 'false'
          ? 'no'
          : undefined;
    case 'lines':
      return Array.isArray(raw) && raw.length > 0
        ? raw.map((item) => readText(item) ?? JSON.stringify(item)).join(', ')
        : undefined;
    default:
      return typeof raw === 'object' ? JSON.stringify(raw) : readText(raw);
  }
}

// A value that leads to the crashes that share it.
function valueLink(
  field: string,
  operator: Condition['operator'],
  value: string | undefined,
): VNode | undefined {
  if (value === undefined) return undefined;
  const path = searchPath([{ field, operator, negated: false, value }]);
  return (
    <a href={path} title="Search crashes with this value">
      {value}
    </a>
  );
}

function Time({ time }: { time: Date }): VNode {
  return (
    <time dateTime={time.toISOString()}>
      {formatTime(time)} UTC <span class="quiet">({formatAge(time, new Date())})</span>
    </time>
  );
}
