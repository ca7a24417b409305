// What a check of the dynamic configuration is and what it says: a problem at a path, with the way out where there is one.
import { say, type Text } from '../../language/sentence';
import type { JsonObject } from '../wire/loose';
import { leafText, type Path, valueAt } from './diff';
import type { ConfigFacts } from './facts';
import type { Definitions, Settings } from './guc';

export interface Edit {
  readonly path: Path;
  /** undefined removes the leaf. */
  readonly value: unknown;
}

export interface Fix {
  /** What the button says: `Set 3`, `Remove`, `Move to postgresql.parameters`. */
  readonly label: Text;
  readonly edits: readonly Edit[];
}

export interface Found {
  readonly path: Path;
  /** error: must not be saved. warning: may be, and somebody should know. note: good to know. */
  readonly severity: 'error' | 'warning' | 'note';
  /** Stable, snake_case. */
  readonly code: string;
  readonly text: Text;
  readonly fix: Fix | null;
}

export interface ConfigProblem extends Found {
  /** It stands so in the stored configuration already: told as a warning at most, saving does not make it worse. */
  readonly stored: boolean;
}

export interface CheckContext {
  readonly value: JsonObject;
  /** What is stored now. */
  readonly before: JsonObject;
  readonly facts: ConfigFacts;
  /** null: pg_settings could not be read; what needs it is not checked. */
  readonly settings: Settings | null;
  readonly definitions: Definitions;
}

export interface CheckRule {
  /** One sentence: what it protects from. */
  readonly meaning: string;
  find(context: CheckContext): readonly Found[];
}

export function found(
  severity: Found['severity'],
  code: string,
  path: Path,
  text: Text,
  fix: Fix | null = null,
): Found {
  return { severity, code, path, text, fix };
}

export function setTo(path: Path, value: unknown): Fix {
  return { label: say`Set ${leafText(value)}`, edits: [{ path, value }] };
}

export function remove(path: Path): Fix {
  return { label: say`Remove`, edits: [{ path, value: undefined }] };
}

/** Moves a leaf; offered only where nothing stands at the target. */
export function move(context: CheckContext, from: Path, to: Path): Fix | null {
  if (valueAt(context.value, to) !== undefined) return remove(from);
  const value = valueAt(context.value, from);
  const parent = to.slice(0, -1).join('.');
  const label =
    from.slice(0, -1).join('.') === parent
      ? say`Rename to ${to.at(-1) ?? ''}`
      : parent === ''
        ? say`Move to the top`
        : say`Move to ${parent}`;
  return {
    label,
    edits: [
      { path: from, value: undefined },
      { path: to, value },
    ],
  };
}
