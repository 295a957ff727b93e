// Which fields the table of crashes shows. The address holds them.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { fieldTitle, type Field } from '../api/search_fields';
import { kDefaultColumns } from '../api/search_query';
import { useFields } from './field_select';

export interface ColumnChoiceProps {
  readonly columns: readonly string[];
  readonly onChange: (columns: readonly string[]) => void;
}

export function ColumnChoice({ columns, onChange }: ColumnChoiceProps): VNode {
  const [part, setPart] = useState('');
  const fields = useFields().filter((field) => field.isConditionOnly !== true && field.name !== 'bucket');
  const isWanted = ({ name, title }: Field): boolean =>
    `${name} ${title}`.toLowerCase().includes(part.trim().toLowerCase());
  // Those that are shown come first, in their order.
  const chosen = columns.map(
    (name) =>
      fields.find((field) => field.name === name) ?? {
        name,
        title: fieldTitle(name),
        aliases: [],
        type: 'text' as const,
      },
  );
  const listed = [...chosen, ...fields.filter(({ name }) => !columns.includes(name))].filter(isWanted);
  return (
    <details class="drop">
      <summary>Columns</summary>
      <div class="panel column-choice">
        <input
          type="search"
          aria-label="Part of a field’s name"
          placeholder="Part of a field’s name"
          value={part}
          onInput={(event) => setPart(event.currentTarget.value)}
        />
        <ul class="choice">
          {listed.map(({ name, title, description }) => (
            <li key={name}>
              <label title={description}>
                <input
                  type="checkbox"
                  checked={columns.includes(name)}
                  disabled={columns.length === 1 && columns.includes(name)}
                  onChange={(event) =>
                    onChange(
                      event.currentTarget.checked
                        ? [...columns, name]
                        : columns.filter((other) => other !== name),
                    )
                  }
                />
                {title}
              </label>
            </li>
          ))}
        </ul>
        {columns.join() !== kDefaultColumns.join() && (
          <button type="button" onClick={() => onChange(kDefaultColumns)}>
            The usual columns
          </button>
        )}
      </div>
    </details>
  );
}
