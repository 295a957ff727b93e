// The conditions as rows: field, operator, value. Values are suggested from what the crashes have that fulfil the other
// conditions. What is written here is searched when the form is sent.
import { useEffect, useId, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askCounts } from '../../api/search';
import { fieldByWord, type FieldType } from '../../api/search_fields';
import { termsOf } from '../../api/search_facets';
import {
  isStackField,
  kAbsent,
  kByWords,
  kOperatorWords,
  type Condition,
  type Operator,
} from '../../api/search_query';
import { formatCount } from '../../base/format';
import { FieldSelect } from '../../widgets/field_select';

const kOperators: Record<FieldType, readonly Operator[]> = {
  text: ['~', '=', '^', '$', '@', ''],
  choice: ['', '~', '^', '$', '@'],
  time: ['>=', '<', '<=', '>'],
  number: ['', '>=', '<=', '>', '<'],
  flag: [''],
  stack: [''],
};

interface Choice {
  readonly id: string;
  readonly text: string;
  readonly operator: Operator;
  readonly negated: boolean;
  // Of choices that need none.
  readonly value?: string;
}

export function choicesOf(type: FieldType): readonly Choice[] {
  const choices = kOperators[type].flatMap((operator) => {
    const words = type === 'text' && operator === '' ? kByWords : kOperatorWords[operator];
    const plain = { id: operator, text: words[0], operator, negated: false };
    // A range that is denied is another range.
    return type === 'flag' || /^[<>]/.test(operator)
      ? [plain]
      : [plain, { id: `!${operator}`, text: words[1], operator, negated: true }];
  });
  const fixed = (text: string, value: string, negated: boolean): Choice => ({
    id: `${negated ? '!' : ''}${value}`,
    text,
    operator: '',
    negated,
    value,
  });
  const states =
    type === 'flag' ? [fixed('is true', '__true__', false), fixed('is not true', '__true__', true)] : choices;
  return type === 'time'
    ? states
    : [...states, fixed('is absent', kAbsent, false), fixed('is there', kAbsent, true)];
}

function choiceOf({ operator, negated, value }: Condition, type: FieldType): Choice | undefined {
  const choices = choicesOf(type);
  return (
    choices.find((choice) => choice.value === value && choice.negated === negated) ??
    choices.find(
      (choice) => choice.value === undefined && choice.operator === operator && choice.negated === negated,
    )
  );
}

export interface QueryFormProps {
  readonly conditions: readonly Condition[];
  readonly onChange: (conditions: readonly Condition[]) => void;
}

export function QueryRows({ conditions, onChange }: QueryFormProps): VNode {
  const replace = (index: number, condition: Condition | undefined): void =>
    onChange(
      conditions.flatMap((one, at) => (at !== index ? [one] : condition === undefined ? [] : [condition])),
    );
  return (
    <div class="query-rows">
      {conditions.map((condition, index) =>
        isStackField(condition.field) ? null : (
          <QueryRow
            key={index}
            condition={condition}
            others={conditions.filter((_, at) => at !== index)}
            onChange={(changed) => replace(index, changed)}
          />
        ),
      )}
      <button
        type="button"
        onClick={() =>
          onChange([...conditions, { field: 'product', operator: '', negated: false, value: '' }])
        }
      >
        Add a condition
      </button>
    </div>
  );
}

interface QueryRowProps {
  readonly condition: Condition;
  readonly others: readonly Condition[];
  readonly onChange: (condition: Condition | undefined) => void;
}

function QueryRow({ condition, others, onChange }: QueryRowProps): VNode {
  const type = fieldByWord(condition.field)?.type ?? 'text';
  const choices = choicesOf(type);
  const choice = choiceOf(condition, type);
  const onField = (field: string): void => {
    const first = choicesOf(fieldByWord(field)?.type ?? 'text')[0];
    onChange({ field, operator: first?.operator ?? '', negated: false, value: first?.value ?? '' });
  };
  const onOperator = (id: string): void => {
    const chosen = choices.find((one) => one.id === id);
    if (chosen === undefined) return;
    const kept = choice?.value === undefined ? condition.value : '';
    onChange({
      ...condition,
      operator: chosen.operator,
      negated: chosen.negated,
      value: chosen.value ?? kept,
    });
  };
  return (
    <div class="query-row" role="group" aria-label="Condition">
      <FieldSelect label="Field" value={condition.field} withConditions onChoose={onField} />
      <select
        aria-label="Operator"
        value={choice?.id}
        onChange={(event) => onOperator(event.currentTarget.value)}
      >
        {choices.map(({ id, text }) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
      {choice?.value === undefined ? (
        <ValueInput
          condition={condition}
          type={type}
          others={others}
          onChange={(value) => onChange({ ...condition, value })}
        />
      ) : (
        <span />
      )}
      <button
        type="button"
        class="more"
        aria-label="Take this condition away"
        onClick={() => onChange(undefined)}
      >
        ×
      </button>
    </div>
  );
}

const kPauseMs = 200;
const kSuggestions = 15;
const kPlaceholders: Partial<Record<FieldType, string>> = {
  time: '2026-01-31, -7d or now',
  number: 'a number',
};

interface ValueInputProps {
  readonly condition: Condition;
  readonly type: FieldType;
  readonly others: readonly Condition[];
  readonly onChange: (value: string) => void;
}

function ValueInput({ condition, type, others, onChange }: ValueInputProps): VNode {
  const [hasFocus, setFocus] = useState(false);
  const suggestions = useSuggestions(condition, type, others, hasFocus);
  const list = useId();
  return (
    <>
      <input
        type="text"
        aria-label="Value"
        list={list}
        placeholder={kPlaceholders[type]}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={condition.value}
        onInput={(event) => onChange(event.currentTarget.value)}
        onFocus={() => setFocus(true)}
        onBlur={() => setFocus(false)}
      />
      <datalist id={list}>
        {suggestions.map(({ term, count }) => (
          <option key={term} value={term}>
            {formatCount(count)}
          </option>
        ))}
      </datalist>
    </>
  );
}

// The most frequent values that hold what is written so far.
function useSuggestions(
  condition: Condition,
  type: FieldType,
  others: readonly Condition[],
  isWanted: boolean,
): readonly { term: string; count: number }[] {
  const [suggestions, setSuggestions] = useState<readonly { term: string; count: number }[]>([]);
  const { field, value } = condition;
  const usable = others.filter((other) => other.value !== '' && other.field !== field);
  const key = JSON.stringify([field, value, usable]);
  useEffect(() => {
    if (!isWanted || type === 'time' || type === 'number' || fieldByWord(field)?.isConditionOnly === true)
      return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const part: readonly Condition[] =
        value === '' ? [] : [{ field, operator: '~', negated: false, value }];
      const question = { conditions: [...usable, ...part], facets: [field], facetsSize: kSuggestions };
      void askCounts(question, controller.signal).then((answer) => {
        if (!controller.signal.aborted && answer.ok) setSuggestions(termsOf(answer.value.facets, field));
      });
    }, kPauseMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, isWanted]);
  return suggestions;
}
