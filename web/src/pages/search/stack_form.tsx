// A search for stacks as rows: one for each frame, the innermost first, with what may stand between them.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { isStackField, type Condition } from '../../api/search_query';
import {
  parseStackText,
  stackText,
  writtenFrames,
  type FramePattern,
  type FrameWord,
  type WordKind,
  type WordMatch,
} from '../../api/stack_query';

export interface StackFormProps {
  readonly conditions: readonly Condition[];
  readonly onChange: (conditions: readonly Condition[]) => void;
}

const kEmptyFrame: FramePattern = { words: [{ kind: 'name', match: 'contains', text: '' }], gapMax: 0 };

export function StackForm({ conditions, onChange }: StackFormProps): VNode {
  const replace = (index: number, condition: Condition | undefined): void =>
    onChange(
      conditions.flatMap((one, at) => (at !== index ? [one] : condition === undefined ? [] : [condition])),
    );
  return (
    <div class="stack-form">
      {conditions.map((condition, index) =>
        !isStackField(condition.field) ? null : (
          <OneStack key={index} condition={condition} onChange={(changed) => replace(index, changed)} />
        ),
      )}
      <button
        type="button"
        onClick={() =>
          onChange([...conditions, { field: 'stack(crashing)', operator: '', negated: false, value: '' }])
        }
      >
        Add a search for a stack
      </button>
    </div>
  );
}

function OneStack({
  condition,
  onChange,
}: {
  condition: Condition;
  onChange: (condition: Condition | undefined) => void;
}): VNode {
  // Frames without a word are rows of the form, but not of the text.
  const [draft, setDraft] = useState<readonly FramePattern[] | undefined>(undefined);
  const isCurrent = draft !== undefined && stackText(writtenFrames(draft)) === condition.value;
  const read = condition.value === '' ? [kEmptyFrame] : parseStackText(condition.value);
  const frames = isCurrent ? draft : read;
  const change = (next: readonly FramePattern[]): void => {
    setDraft(next);
    onChange({ ...condition, value: stackText(writtenFrames(next)) });
  };
  return (
    <fieldset class="one-stack">
      <legend class="hidden">Search for a stack</legend>
      <div class="stack-head">
        <select
          aria-label="Crashes have, or have not, this stack"
          value={condition.negated ? 'not' : ''}
          onChange={(event) => onChange({ ...condition, negated: event.currentTarget.value === 'not' })}
        >
          <option value="">Has</option>
          <option value="not">Has not</option>
        </select>
        <select
          aria-label="Thread"
          value={condition.field === 'stack(crashing)' ? 'crashing' : 'any'}
          onChange={(event) =>
            onChange({
              ...condition,
              field: event.currentTarget.value === 'crashing' ? 'stack(crashing)' : 'stack',
            })
          }
        >
          <option value="crashing">in the crashing thread</option>
          <option value="any">in any thread</option>
        </select>
        <button
          type="button"
          class="more"
          aria-label="Take this stack away"
          onClick={() => onChange(undefined)}
        >
          ×
        </button>
      </div>
      {frames === undefined ? (
        <p class="quiet">This text has more than the form can show. It is searched as it is written below.</p>
      ) : (
        <Frames frames={frames} onChange={change} />
      )}
      <label class="stack-text">
        <span>As text</span>
        <input
          type="text"
          class="mono"
          value={condition.value}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => onChange({ ...condition, value: event.currentTarget.value })}
        />
      </label>
    </fieldset>
  );
}

function Frames({
  frames,
  onChange,
}: {
  frames: readonly FramePattern[];
  onChange: (frames: readonly FramePattern[]) => void;
}): VNode {
  const replace = (index: number, frame: FramePattern | undefined): void =>
    onChange(frames.flatMap((one, at) => (at !== index ? [one] : frame === undefined ? [] : [frame])));
  return (
    <>
      <ol class="frames">
        {frames.map((frame, index) => (
          <li key={index}>
            {index > 0 && (
              <Gap gapMax={frame.gapMax} onChange={(gapMax) => replace(index, { ...frame, gapMax })} />
            )}
            <FrameRow
              number={index + 1}
              frame={frame}
              onChange={(changed) => replace(index, changed)}
              onRemove={frames.length > 1 ? () => replace(index, undefined) : undefined}
            />
          </li>
        ))}
      </ol>
      <button type="button" onClick={() => onChange([...frames, kEmptyFrame])}>
        Add a frame that calls it
      </button>
    </>
  );
}

const kUsualGap = 3;

function Gap({ gapMax, onChange }: { gapMax: number; onChange: (gapMax: number) => void }): VNode {
  const kind = gapMax === 0 ? 'direct' : gapMax === Infinity ? 'any' : 'most';
  return (
    <div class="gap">
      <select
        aria-label="Called"
        value={kind}
        onChange={(event) =>
          onChange(
            event.currentTarget.value === 'direct'
              ? 0
              : event.currentTarget.value === 'any'
                ? Infinity
                : kUsualGap,
          )
        }
      >
        <option value="direct">called directly by</option>
        <option value="any">called, somewhere further out, by</option>
        <option value="most">called, with a few frames between, by</option>
      </select>
      {kind === 'most' && (
        <label>
          at most{' '}
          <input
            type="number"
            min="1"
            max="999"
            value={gapMax}
            onInput={(event) => onChange(Math.max(1, Math.floor(Number(event.currentTarget.value)) || 1))}
          />{' '}
          frames between
        </label>
      )}
    </div>
  );
}

interface FrameRowProps {
  readonly number: number;
  readonly frame: FramePattern;
  readonly onChange: (frame: FramePattern) => void;
  readonly onRemove: (() => void) | undefined;
}

function FrameRow({ number, frame, onChange, onRemove }: FrameRowProps): VNode {
  const replace = (index: number, word: FrameWord | undefined): void =>
    onChange({
      ...frame,
      words: frame.words.flatMap((one, at) => (at !== index ? [one] : word === undefined ? [] : [word])),
    });
  return (
    <div class="frame" role="group" aria-label={`Frame ${number}`}>
      {frame.words.map((word, index) => (
        <WordInput
          key={index}
          word={word}
          onChange={(changed) => replace(index, changed)}
          onRemove={frame.words.length > 1 ? () => replace(index, undefined) : onRemove}
        />
      ))}
      <button
        type="button"
        class="more"
        onClick={() =>
          onChange({ ...frame, words: [...frame.words, { kind: 'module', match: 'is', text: '' }] })
        }
      >
        and
      </button>
    </div>
  );
}

const kKindWords: Record<WordKind, string> = {
  name: 'Function',
  module: 'Module',
  file: 'File',
  inline: 'Inlined function',
  at: 'Module + offset',
};
const kMatchWords: Record<WordMatch, string> = { is: 'is', contains: 'contains', regex: 'matches' };
const kHints: Record<WordKind, string> = {
  name: 'whole name; * and ? are wildcards',
  module: 'libexample.so',
  file: '*.cpp',
  inline: 'whole name',
  at: 'libexample.so+0x1234',
};

interface WordInputProps {
  readonly word: FrameWord;
  readonly onChange: (word: FrameWord) => void;
  readonly onRemove: (() => void) | undefined;
}

function WordInput({ word, onChange, onRemove }: WordInputProps): VNode {
  const hint =
    word.match === 'contains'
      ? 'a part of it'
      : word.match === 'regex'
        ? 'regular expression over all of it'
        : kHints[word.kind];
  return (
    <span class="word">
      <select
        aria-label="Of the frame"
        value={word.kind}
        onChange={(event) => {
          const kind = event.currentTarget.value as WordKind;
          onChange({ ...word, kind, match: kind === 'at' ? 'is' : word.match });
        }}
      >
        {Object.entries(kKindWords).map(([kind, text]) => (
          <option key={kind} value={kind}>
            {text}
          </option>
        ))}
      </select>
      {word.kind !== 'at' && (
        <select
          aria-label="Compare"
          value={word.match}
          onChange={(event) => onChange({ ...word, match: event.currentTarget.value as WordMatch })}
        >
          {Object.entries(kMatchWords).map(([match, text]) => (
            <option key={match} value={match}>
              {text}
            </option>
          ))}
        </select>
      )}
      <input
        type="text"
        class="mono"
        aria-label={kKindWords[word.kind]}
        placeholder={hint}
        spellcheck={false}
        autocomplete="off"
        value={word.text}
        onInput={(event) => onChange({ ...word, text: event.currentTarget.value })}
      />
      {onRemove !== undefined && (
        <button type="button" class="more" aria-label="Take this away" onClick={onRemove}>
          ×
        </button>
      )}
    </span>
  );
}
