// What the rules find on the DCS of a source: one alert for each code, whatever the number of clusters there. Pure.
import { say } from '../../language/sentence';
import { CARE_CODES, type Care, type CareCode } from '../care/care';
import type { StandingFinding } from '../care/care-events';
import { bySeverity } from '../severity';
import type { AlertRule, Condition } from './alert';
import type { ConditionReport } from './conditions';
import { dcsScope, sourceOfScope } from './dcs-scope';
import { isAbout } from './rules';

/** Names other sources: for who sees all clusters. */
export const isOfTwins = ({ scope, key }: Pick<Condition, 'scope' | 'key'>): boolean =>
  sourceOfScope(scope) !== null && key === keyOf('twin');

export interface CareSeen {
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly care: Care;
  readonly findings: readonly StandingFinding[];
  readonly intervalMs: number;
}

const keyOf = (code: CareCode): string => `dcs:${code}`;
/** What silence itself is, does not hide behind it. */
const OF_SILENCE: ReadonlySet<CareCode> = new Set(['no_quorum', 'member_silent']);

export function careReport(rules: readonly AlertRule[], seen: CareSeen): ConditionReport {
  const { source, labels, care, intervalMs } = seen;
  const silent = care.members.filter(({ answers }) => answers !== true);
  const isBlind = silent.length === care.members.length;
  return {
    scope: dcsScope(source),
    labels,
    observedAt: care.at,
    intervalMs,
    conditions: conditionsOf(rules, seen),
    unseen: {
      members: silent.map(({ name }) => name),
      dcs: isBlind,
      readiness: false,
      numbers: isBlind ? CARE_CODES.filter((code) => !OF_SILENCE.has(code)).map(keyOf) : [],
    },
    changing: false,
    gone: false,
  };
}

/** A finding is taken by the first rule that matches it. */
function conditionsOf(rules: readonly AlertRule[], { source, labels, care, findings }: CareSeen): Condition[] {
  const own = rules.filter((rule) => isAbout(rule, dcsScope(source), labels));
  return findings.flatMap((finding): Condition[] => {
    const { code, severity, title, evidence, advice, members, since } = finding;
    const rule = own.find(
      ({ test }) =>
        test.kind === 'dcs' &&
        (test.codes.length === 0 || test.codes.includes(code)) &&
        bySeverity(severity, test.atLeast ?? 'note') <= 0,
    );
    if (rule === undefined) return [];
    return [
      {
        rule: rule.name,
        scope: dcsScope(source),
        key: keyOf(code),
        member: care.members.find(({ key }) => members.includes(key))?.name ?? null,
        code: null,
        severity: rule.severity ?? (severity === 'unknown' ? 'warning' : severity),
        title,
        cause: null,
        evidence: evidence.map(({ label, text }) => say`${label}: ${text}`),
        advice,
        since,
      },
    ];
  });
}
