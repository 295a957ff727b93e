// The boxes for lists and rules of signatures, and what is wrong with what was typed.
import type { VNode } from 'preact';
import { kEmptyLists, kListNames, type ListName, type Lists } from '../../api/signing';
import type { Problem } from '../../base/problem';
import { ProblemLine } from '../../widgets/problem_line';
import { kAdminWords } from './admin_frame';

const kListTitles: Record<ListName, string> = {
  'signature_sentinels.txt': 'Sentinels: begin here',
  'irrelevant_signature_re.txt': 'Irrelevant: leave these frames out',
  'prefix_signature_re.txt': 'Prefixes: put these in, and the next frame too',
  'signatures_with_line_numbers_re.txt': 'With line numbers',
};

export function ListsField({
  lists,
  onChange,
}: {
  lists: Lists | undefined;
  onChange: (lists: Lists | undefined) => void;
}): VNode {
  return (
    <fieldset>
      <legend>Lists</legend>
      <div class="choice-row">
        <label>
          <input
            type="radio"
            name="lists"
            checked={lists === undefined}
            onChange={() => onChange(undefined)}
          />
          Those that come with the server
        </label>
        <label>
          <input
            type="radio"
            name="lists"
            checked={lists !== undefined}
            onChange={() => onChange(lists ?? kEmptyLists)}
          />
          Our own, in place of all of them
        </label>
      </div>
      {lists !== undefined &&
        kListNames.map((name) => (
          <label key={name} class="field">
            <span>
              {kListTitles[name]} <span class="quiet mono">{name}</span>
            </span>
            <textarea
              spellcheck={false}
              value={lists[name]}
              onInput={(event) => onChange({ ...lists, [name]: event.currentTarget.value })}
            />
          </label>
        ))}
    </fieldset>
  );
}

export function RulesField({ rules, onChange }: { rules: string; onChange: (rules: string) => void }): VNode {
  return (
    <label>
      Rules of our own, on top{' '}
      <span class="hint">TOML: what a frame’s module, function or file means. Empty for none.</span>
      <textarea
        spellcheck={false}
        rows={10}
        value={rules}
        placeholder={'[[rule]]\nname = "checks"\nfunction = "app::(Check|Fatal)$"\neffect = "skip"'}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

export function Mistakes({ problem }: { problem: Problem | undefined }): VNode {
  const mistakes = problem?.mistakes ?? [];
  if (mistakes.length === 0) return <ProblemLine problem={problem} words={kAdminWords} />;
  return (
    <div role="alert">
      <p class="trouble">
        Nothing was changed, because of {mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:
      </p>
      <ul class="notes trouble">
        {mistakes.map((mistake) => (
          <li key={mistake}>{mistake}</li>
        ))}
      </ul>
    </div>
  );
}
