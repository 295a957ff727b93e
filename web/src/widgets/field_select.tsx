// A choice among the fields that the server knows.
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askFields, kFields, knownFields, type Field } from '../api/search_fields';

// Draws again once the server has told its fields; until then those of the start are there.
export function useFields(): readonly Field[] {
  const [fields, setFields] = useState(knownFields);
  useEffect(() => {
    let isWanted = true;
    void askFields().then(() => {
      if (isWanted) setFields(knownFields());
    });
    return () => {
      isWanted = false;
    };
  }, []);
  return fields;
}

export interface FieldSelectProps {
  readonly label: string;
  // Empty: none yet, and the label stands in its place.
  readonly value: string;
  readonly onChoose: (name: string) => void;
  readonly isTaken?: (name: string) => boolean;
  // Also fields that are conditions alone.
  readonly withConditions?: boolean;
}

export function FieldSelect({
  label,
  value,
  onChoose,
  isTaken,
  withConditions = false,
}: FieldSelectProps): VNode {
  const offered = useFields().filter(
    (field) =>
      field.name === value ||
      (field.type !== 'stack' &&
        (withConditions || field.isConditionOnly !== true) &&
        isTaken?.(field.name) !== true),
  );
  const isCommon = (field: Field): boolean => kFields.some(({ name }) => name === field.name);
  const options = (fields: readonly Field[]): VNode[] =>
    fields.map(({ name, title }) => (
      <option key={name} value={name}>
        {title}
      </option>
    ));
  const rest = offered.filter((field) => !isCommon(field));
  return (
    <select aria-label={label} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
      {value === '' && <option value="">{label} …</option>}
      {value !== '' && !offered.some(({ name }) => name === value) && <option value={value}>{value}</option>}
      {rest.length === 0 ? (
        options(offered)
      ) : (
        <>
          <optgroup label="Common">{options(offered.filter(isCommon))}</optgroup>
          <optgroup label="All others">{options(rest)}</optgroup>
        </>
      )}
    </select>
  );
}
