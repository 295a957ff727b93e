// The rules that say which reports are kept: their revisions, and what each says.
import { parseTime } from '../base/format';
import { readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import { getJson, getText } from './client';
import type { components } from './schema';

export interface RuleChange {
  readonly time: Date | undefined;
  readonly revision: string;
  readonly name: string;
}

// The newest first.
export async function askRuleChanges(signal: AbortSignal): Promise<Result<readonly RuleChange[]>> {
  const answer = await getJson<components['schemas']['RuleChanges']>('/api/RuleChanges/', signal);
  return answer.ok ? succeed(readRuleChanges(answer.value)) : answer;
}

export function readRuleChanges(answer: components['schemas']['RuleChanges']): readonly RuleChange[] {
  return readList(answer.changes)
    .flatMap(({ date, revision, name }) => {
      const id = readText(revision);
      return id === undefined ? [] : [{ time: parseTime(date), revision: id, name: readText(name) ?? '' }];
    })
    .sort((one, other) => (other.time?.getTime() ?? 0) - (one.time?.getTime() ?? 0));
}

export function askRules(revision: string, signal: AbortSignal): Promise<Result<string>> {
  return getText(`/api/RuleSet/?${new URLSearchParams({ revision })}`, signal);
}
