// The data dictionary: what each annotation and each field of a processed crash is. It changes with the
// server only, so that one answer does for as long as the page is open.
import { readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson } from './client';
import type { components } from './schema';

type DictionaryAnswer = AnswerOf<'/api/DataDictionary/'>;
type RegistryRow = components['schemas']['RegistryRow'];

export interface Term {
  // 'annotation': what clients send; 'field': what the server makes.
  readonly set: 'annotation' | 'field';
  // Of an annotation as clients send it; of a field its own.
  readonly name: string;
  // In processed crashes and in searches; undefined for what never leaves the machine.
  readonly field: string | undefined;
  readonly type: string;
  readonly isPublic: boolean;
  readonly search: string | undefined;
  readonly scope: string | undefined;
  readonly source: string | undefined;
  readonly publicForm: string | undefined;
  readonly description: string;
}

export interface Dictionary {
  readonly annotations: readonly Term[];
  readonly fields: readonly Term[];
  // By field; where an annotation and the server's own field have one name, the field.
  readonly byField: ReadonlyMap<string, Term>;
  readonly byAnnotation: ReadonlyMap<string, Term>;
}

let kept: Dictionary | undefined;

export function recentDictionary(): Dictionary | undefined {
  return kept;
}

export async function askDictionary(signal: AbortSignal): Promise<Result<Dictionary>> {
  if (kept !== undefined) return succeed(kept);
  const answer = await getJson<DictionaryAnswer>('/api/DataDictionary/', signal);
  if (!answer.ok) return answer;
  kept = readDictionary(answer.value);
  return succeed(kept);
}

export function readDictionary(answer: DictionaryAnswer): Dictionary {
  const annotations = readList(answer.annotations).flatMap((row) => readTerm(row, 'annotation'));
  const fields = readList(answer.fields).flatMap((row) => readTerm(row, 'field'));
  return {
    annotations,
    fields,
    byField: new Map(
      [...annotations, ...fields].flatMap((term) =>
        term.field === undefined ? [] : [[term.field, term] as const],
      ),
    ),
    byAnnotation: new Map(annotations.map((term) => [term.name, term])),
  };
}

function readTerm(row: RegistryRow, set: Term['set']): readonly Term[] {
  const field = readText(row.field);
  const name = (set === 'annotation' ? readText(row.name) : field) ?? field;
  if (name === undefined) return [];
  return [
    {
      set,
      name,
      field,
      type: readText(row.type) ?? 'string',
      // What is not said to be public is not.
      isPublic: row.permission === 'public',
      search: row.search === 'none' ? undefined : readText(row.search),
      scope: readText(row.scope),
      source: readText(row.source),
      publicForm: row.public_form === 'whole' ? undefined : readText(row.public_form),
      description: readText(row.description) ?? '',
    },
  ];
}

// The page of a term, as Crash Stats has it.
export function termPath({ set, name }: Pick<Term, 'set' | 'name'>): string {
  return `/documentation/datadictionary/dataset/${set === 'annotation' ? 'annotation' : 'processed'}/field/${encodeURIComponent(name)}`;
}
