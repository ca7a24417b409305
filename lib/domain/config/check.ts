// Judges a dynamic configuration before it is saved: every rule over the new document, and the same rules over the stored one,
// so that a person is not kept from a change by what was wrong before. The same function marks the lines in the editor,
// disables its button and makes the blockers of the preflight. Pure.

import { plural } from '../../language/quantity';
import { isSameText, joined, say, type Text } from '../../language/sentence';
import type { JsonObject } from '../wire/loose';
import { PARAMETER_RULES } from './check-parameters';
import { PATRONI_RULES } from './check-patroni';
import { STRUCTURE_RULES } from './check-structure';
import { type Path, sameJson, valueAt, withLeaf } from './diff';
import type { ConfigFacts } from './facts';
import { definitionsOf, type Settings } from './guc';
import type { CheckContext, CheckRule, ConfigProblem, Fix, Found } from './problem';

export const CHECK_RULES: readonly CheckRule[] = [...STRUCTURE_RULES, ...PATRONI_RULES, ...PARAMETER_RULES];

export interface CheckInput {
  readonly value: JsonObject;
  readonly before: JsonObject;
  /** null: not readable; types, ranges and names of PostgreSQL parameters are not checked. */
  readonly settings: Settings | null;
  readonly facts: ConfigFacts;
}

const ORDER = { error: 0, warning: 1, note: 2 } as const;

/** Errors first, then in the order of the rules. */
export function checkConfig(input: CheckInput): readonly ConfigProblem[] {
  const definitions = definitionsOf(input.settings);
  const context: CheckContext = { ...input, definitions };
  const old = findAll({ ...context, value: input.before });
  return findAll(context)
    .map((problem) => ({ ...problem, ...standing(problem, old, input) }))
    .sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}

function findAll(context: CheckContext): readonly Found[] {
  return CHECK_RULES.flatMap((rule) => rule.find(context));
}

function standing(
  problem: Found,
  old: readonly Found[],
  input: CheckInput,
): Pick<ConfigProblem, 'stored' | 'severity'> {
  const stored = old.some(
    (other) =>
      other.code === problem.code &&
      isSameText(other.text, problem.text) &&
      samePath(other.path, problem.path) &&
      sameJson(valueAt(input.before, problem.path), valueAt(input.value, problem.path)),
  );
  return { stored, severity: stored && problem.severity === 'error' ? 'warning' : problem.severity };
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

export function applyFix(value: JsonObject, fix: Fix): JsonObject {
  return fix.edits.reduce<JsonObject>((next, edit) => withLeaf(next, edit.path, edit.value), value);
}

/** `2 errors, 1 warning`; empty when there is neither. */
export function problemWords(problems: readonly ConfigProblem[]): Text {
  const count = (severity: Found['severity']): number =>
    problems.filter((problem) => problem.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  return joined(
    [...(errors === 0 ? [] : [plural(errors, 'error')]), ...(warnings === 0 ? [] : [plural(warnings, 'warning')])],
    ', ',
  );
}

/** What is not checked, and why; null: everything was. */
export function uncheckedWords(settings: Settings | null, problem: Text | null): Text | null {
  if (settings === null) return say`not checked against pg_settings: ${problem ?? say`not read yet`}`;
  const missing = settings.members.filter((member) => member.version === null);
  if (settings.members.length === 0) return say`not checked against pg_settings: no member answered`;
  if (missing.length === 0) return null;
  const why = joined(
    missing.map((member) => say`${member.name} (${member.problem ?? say`no answer`})`),
    ', ',
  );
  return say`not checked against pg_settings of ${why}`;
}
