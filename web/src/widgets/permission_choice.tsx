// Boxes to check for permissions, each with what it lets people do.
import type { VNode } from 'preact';
import { permissionWords } from '../base/permissions';

export interface PermissionChoiceProps {
  readonly legend: string;
  // Those to choose from.
  readonly names: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

export function PermissionChoice({ legend, names, chosen, onChange }: PermissionChoiceProps): VNode {
  return (
    <fieldset class="permissions">
      <legend>{legend}</legend>
      {names.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked ? [...chosen, name] : chosen.filter((other) => other !== name),
              )
            }
          />
          <span class="mono">{name}</span> <span class="quiet">{permissionWords(name)}</span>
        </label>
      ))}
    </fieldset>
  );
}
