// A form of texts that narrow a list. Enter, or its button, takes them over; the page's URL holds them.
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';

export interface TextField {
  // Tells the fields of a form apart.
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

export interface TextFilterProps {
  readonly fields: readonly TextField[];
  // By the fields' names, without white space around them. Only called if one of them is another than before.
  readonly onFilter: (values: Readonly<Record<string, string>>) => void;
  // The page without these filters, where one is in force.
  readonly clearHref: string | undefined;
}

export function TextFilter({ fields, onFilter, clearHref }: TextFilterProps): VNode {
  const shown = JSON.stringify(fields.map(({ value }) => value));
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  // Every navigation sets them anew.
  useEffect(() => setTexts({}), [shown]);
  const textOf = ({ name, value }: TextField): string => texts[name] ?? value;
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    if (fields.every((field) => textOf(field).trim() === field.value)) return;
    onFilter(Object.fromEntries(fields.map((field) => [field.name, textOf(field).trim()])));
  };
  return (
    <form class="text-filter" onSubmit={onSubmit}>
      {fields.map((field) => (
        <input
          key={field.name}
          class={`of-${field.name}`}
          type="text"
          aria-label={field.label}
          placeholder={field.label}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={textOf(field)}
          onInput={(event) => {
            const text = event.currentTarget.value;
            setTexts((before) => ({ ...before, [field.name]: text }));
          }}
        />
      ))}
      <button type="submit">Filter</button>
      {clearHref !== undefined && <a href={clearHref}>Clear</a>}
    </form>
  );
}
