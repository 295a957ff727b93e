// A box for one line of text, with its name above it.
import type { VNode } from 'preact';

export interface TextFieldProps {
  readonly label: string;
  // More about it, where it needs it.
  readonly hint?: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly type?: 'text' | 'password';
  // For the browser's own memory of forms.
  readonly name?: string;
  readonly autocomplete?: string;
  readonly isRequired?: boolean;
  readonly isInvalid?: boolean;
  readonly lengthMax?: number;
}

export function TextField(props: TextFieldProps): VNode {
  const { label, hint, value, onText, type = 'text', name, autocomplete = 'off' } = props;
  return (
    <label>
      {label} {hint !== undefined && <span class="hint">{hint}</span>}
      <input
        // The types of JSX know one element for each type.
        type={type as 'text'}
        name={name}
        autocomplete={autocomplete}
        autocapitalize="off"
        spellcheck={false}
        required={props.isRequired}
        aria-invalid={props.isInvalid}
        maxLength={props.lengthMax}
        value={value}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </label>
  );
}
