// The rules of an installation that says none, and which clusters a rule is about. A finding is taken by the first rule that
// matches it, in the order they stand in, so that one thing is told once.
import { CARE_CODES, type CareCode } from '../care/care';
import { FINDING_CODES, type FindingCode } from '../cluster';
import { fitsPattern } from '../pattern';
import type { AlertRule } from './alert';

/** Codes that a rule of their own tells (by a number, or by readiness): the sweeping rules leave them out. */
const BY_NUMBER: readonly FindingCode[] = [
  'paused',
  'pending_restart',
  'lag_high',
  'no_failover_candidate',
  'scheduled_switchover',
  'scheduled_restart',
];
/** Of the DCS as a thing of its own: told once for all clusters there. */
const BY_DCS: readonly FindingCode[] = [
  'dcs_endpoint_down',
  'dcs_slow_disk',
  'dcs_size',
  'dcs_certificate',
  'dcs_unstarted',
  'dcs_one_host',
];
/** Each cluster says these of itself and sooner, with what they cost it. */
const BY_CLUSTERS: readonly CareCode[] = ['no_quorum', 'alarm'];
const SWEPT = FINDING_CODES.filter((code) => !BY_NUMBER.includes(code) && !BY_DCS.includes(code));
const DCS_TOLD = CARE_CODES.filter((code) => !BY_CLUSTERS.includes(code));

const EVERYWHERE = { scopes: null, labels: {}, receivers: null } as const;
const HOUR = 3600;
const DAY = 24 * HOUR;
const MIB = 1024 * 1024;

export const DEFAULT_RULES: readonly AlertRule[] = [
  {
    name: 'critical',
    test: { kind: 'finding', codes: SWEPT, atLeast: 'critical' },
    severity: null,
    forSeconds: 5,
    clearSeconds: 30,
    ...EVERYWHERE,
  },
  {
    name: 'unseen',
    test: { kind: 'finding', codes: SWEPT, atLeast: 'unknown' },
    severity: null,
    forSeconds: 45,
    clearSeconds: 60,
    ...EVERYWHERE,
  },
  {
    name: 'warning',
    test: { kind: 'finding', codes: SWEPT, atLeast: 'warning' },
    severity: null,
    forSeconds: 120,
    clearSeconds: 120,
    ...EVERYWHERE,
  },
  {
    name: 'dcs',
    test: { kind: 'dcs', codes: DCS_TOLD, atLeast: 'warning' },
    severity: null,
    forSeconds: 45,
    clearSeconds: 60,
    ...EVERYWHERE,
  },
  {
    name: 'no-failover-possible',
    test: { kind: 'no_failover_possible' },
    severity: 'warning',
    forSeconds: 60,
    clearSeconds: 60,
    ...EVERYWHERE,
  },
  {
    name: 'lag-bytes',
    test: { kind: 'above', measure: 'replay_lag_bytes', limit: 1024 * MIB },
    severity: 'warning',
    forSeconds: 120,
    clearSeconds: 120,
    ...EVERYWHERE,
  },
  {
    name: 'lag-seconds',
    test: { kind: 'above', measure: 'replay_lag_seconds', limit: 300 },
    severity: 'warning',
    forSeconds: 120,
    clearSeconds: 120,
    ...EVERYWHERE,
  },
  {
    name: 'paused-long',
    test: { kind: 'above', measure: 'paused_seconds', limit: 2 * HOUR },
    severity: 'warning',
    forSeconds: 0,
    clearSeconds: 30,
    ...EVERYWHERE,
  },
  {
    name: 'restart-pending-long',
    test: { kind: 'above', measure: 'pending_restart_seconds', limit: 7 * DAY },
    severity: 'note',
    forSeconds: 0,
    clearSeconds: 60,
    ...EVERYWHERE,
  },
];

export function isAbout(
  rule: Pick<AlertRule, 'scopes' | 'labels'>,
  scope: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (rule.scopes !== null && !rule.scopes.some((pattern) => fitsPattern(pattern, scope))) return false;
  return Object.entries(rule.labels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
