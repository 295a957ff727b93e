// What can be told of a crash at a glance: sentences that a person who knows dumps would say first.
import { parseAddress, shortAddress } from './address';
import { countOf, formatBytes, formatDuration } from './format';
import { readCount, readList, readText, readTexts } from './json_read';

export interface Verdict {
  // 'cause': speaks of why it crashed; 'doubt': speaks against believing the rest.
  readonly tone: 'cause' | 'doubt';
  readonly text: string;
  // A piece of code or an address that belongs to it.
  readonly code?: string;
}

type Members = Readonly<Record<string, unknown>>;

// What crashes so soon after its start crashes again at the next.
const kStartupSeconds = 60;

// Of a processed crash as the API gives it.
export function verdictsOf(document: Members): readonly Verdict[] {
  const info = membersOf(membersOf(document['json_dump'])['crash_info']);
  return [
    ...stackVerdicts(info, document),
    ...addressVerdicts(info),
    ...accessVerdicts(info),
    ...memoryVerdicts(document),
    ...startupVerdicts(document),
    ...doubts(info, document),
  ];
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 1;
}

function stackVerdicts(info: Members, document: Members): readonly Verdict[] {
  if (isTrue(info['stack_overflow'])) return [{ tone: 'cause', text: 'The stack overflowed.' }];
  return isTrue(document['has_guard_page_access'])
    ? [{ tone: 'cause', text: 'The instruction touched a page that looks like a guard.' }]
    : [];
}

function addressVerdicts(info: Members): readonly Verdict[] {
  const adjusted = membersOf(info['adjusted_address']);
  const offset = parseAddress(adjusted['offset']);
  const address = parseAddress(adjusted['address']);
  if (adjusted['kind'] === 'null-pointer') {
    return [
      {
        tone: 'cause',
        text:
          offset === undefined
            ? 'A null pointer was used.'
            : `A null pointer was used, with the offset ${shortAddress(offset)}.`,
      },
    ];
  }
  if (adjusted['kind'] === 'non-canonical') {
    const text =
      'The address has no meaning for the processor, which is typical of memory that was overwritten or freed.';
    return [{ tone: 'cause', text, ...(address === undefined ? {} : { code: address }) }];
  }
  const poison = readText(info['poison']) ?? readText(membersOf(info['poison'])['kind']);
  return poison === undefined
    ? []
    : [
        {
          tone: 'cause',
          text: 'A value that allocators write into freed or fresh memory was used as an address.',
          code: poison,
        },
      ];
}

function accessVerdicts(info: Members): readonly Verdict[] {
  const instruction = readText(info['instruction']);
  if (instruction === undefined) return [];
  const [access] = readList(info['memory_accesses'] as readonly Members[] | undefined);
  const size = readCount(access?.['size']);
  const address = parseAddress(access?.['address']);
  const kind = new Map([
    ['read', 'reads'],
    ['write', 'writes'],
    ['read_write', 'reads and writes'],
  ]).get(readText(access?.['access_type']) ?? '');
  const what =
    kind === undefined || size === undefined || address === undefined
      ? 'The instruction that failed:'
      : `The instruction that failed ${kind} ${countOf(size, 'byte', 'bytes')} at ${shortAddress(address)}:`;
  return [{ tone: 'cause', text: what, code: instruction }];
}

function memoryVerdicts(document: Members): readonly Verdict[] {
  const size = readCount(document['oom_allocation_size']);
  return size === undefined
    ? []
    : [{ tone: 'cause', text: `It ended because ${formatBytes(size)} could not be allocated.` }];
}

function startupVerdicts(document: Members): readonly Verdict[] {
  if (isTrue(document['startup_crash'])) return [{ tone: 'cause', text: 'It crashed while starting up.' }];
  const uptime = readCount(document['uptime']);
  if (uptime === undefined || uptime >= kStartupSeconds) return [];
  return [
    {
      tone: 'cause',
      text:
        uptime === 0
          ? 'It crashed within a second of its start.'
          : `It crashed ${formatDuration(uptime)} after its start.`,
    },
  ];
}

function doubts(info: Members, document: Members): readonly Verdict[] {
  const found: Verdict[] = [];
  const confidence = readCount(document['possible_bit_flips_max_confidence']);
  const flips = readList(info['possible_bit_flips'] as readonly Members[] | undefined).length;
  if (confidence !== undefined && confidence > 0) {
    found.push({
      tone: 'doubt',
      text: `A single wrong bit explains the address (${confidence} % sure): the memory of the machine may be faulty.`,
    });
  } else if (flips > 0) {
    found.push({
      tone: 'doubt',
      text: 'A single wrong bit would explain the address: the memory of the machine may be faulty.',
    });
  }
  const inconsistencies = readTexts(document['crash_inconsistencies']);
  if (inconsistencies.length > 0) {
    found.push({
      tone: 'doubt',
      text: 'The exception and the instruction do not fit together:',
      code: inconsistencies.join(', '),
    });
  }
  return found;
}
