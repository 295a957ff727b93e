// What symbols that came late are doing: they name what is stored.
import { readCount, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson } from './client';

type HealingAnswer = AnswerOf<'/api/Healing/'>;

export interface HealingWork {
  readonly debugFile: string;
  readonly debugId: string;
  // For the second time: crashes that came with the symbols may have missed them.
  readonly isAgain: boolean;
  readonly addresses: number;  // That were looked up so far.
  readonly named: number;      // Of them.
  readonly stacks: number;     // That were signed again so far.
  readonly changed: number;    // Of them, those that got another signature.
}

export interface Healing {
  // Symbol files whose turn is not over, the one of `now` among them.
  readonly waiting: number;
  // All since the server started. A file counts as followed after its second look.
  readonly followed: number;
  readonly failed: number;
  readonly addressesNamed: number;
  readonly signaturesChanged: number;
  readonly now: HealingWork | undefined;
}

export async function askHealing(signal: AbortSignal): Promise<Result<Healing>> {
  const answer = await getJson<HealingAnswer>('/api/Healing/', signal);
  return answer.ok ? succeed(readHealing(answer.value)) : answer;
}

export function readHealing(answer: HealingAnswer): Healing {
  return {
    waiting: readCount(answer.waiting) ?? 0,
    followed: readCount(answer.followed) ?? 0,
    failed: readCount(answer.failed) ?? 0,
    addressesNamed: readCount(answer.addresses_named) ?? 0,
    signaturesChanged: readCount(answer.signatures_changed) ?? 0,
    now: readWork(answer.now),
  };
}

function readWork(work: HealingAnswer['now']): HealingWork | undefined {
  if (typeof work !== 'object' || work === null) return undefined;
  return {
    debugFile: readText(work.debug_file) ?? 'a symbol file',
    debugId: readText(work.debug_id) ?? '',
    isAgain: work.is_again === true,
    addresses: readCount(work.progress?.addresses) ?? 0,
    named: readCount(work.progress?.named) ?? 0,
    stacks: readCount(work.progress?.inputs) ?? 0,
    changed: readCount(work.progress?.changed) ?? 0,
  };
}
