// What a check row is. It looks at one request, the snapshot and what the server was asked for, and says what it found: a
// blocker forbids, a warning asks for a second thought, a note tells, passed is a few words for the grey line. It never
// looks at a clock but `now`, never at another row.

import type { Text } from '../../../language/sentence';
import type { ActionKind } from '../../action-kind';
import type { Cluster, Evidence, Member, Snapshot } from '../../cluster';
import type { ActionFacts, ActionRequest, CandidateVerdict, Check, LeaderFacts, Verdict } from '../action';
import type { WayChoice } from '../dcs-or-rest';
import type { RollingOrder } from '../rolling';

export interface CheckContext {
  readonly request: ActionRequest;
  readonly snapshot: Snapshot;
  readonly cluster: Cluster;
  /** null: the server has not been asked yet. */
  readonly facts: ActionFacts | null;
  /** Of the leader that leads now; null: not asked, no answer, or of another one. */
  readonly leaderFacts: LeaderFacts | null;
  readonly now: number;
  /** Holder of the key, also the last one known; null: none, or it is no member that we know. */
  readonly leader: Member | null;
  /** Known, answers, and is what a leader must be. */
  readonly leaderHealthy: boolean;
  readonly listed: readonly Member[];
  /** Whom the request names as the new leader; null: nobody, or the kind has none. */
  readonly candidate: string | null;
  /** Empty where nobody is chosen. */
  readonly candidates: readonly CandidateVerdict[];
  /** Members that are restarted, reloaded or copied anew. */
  readonly targets: readonly Member[];
  /** Does PostgreSQL of the leader shut down by this, now and not at a later time? */
  readonly leaderStops: boolean;
  /** At a time to come. */
  readonly scheduled: boolean;
  readonly rolling: RollingOrder | null;
  readonly way: WayChoice;
}

export type CheckMatch = Omit<Check, 'code'>;

export interface CheckRow {
  /** Stable, snake_case; has its line in docs/actions.md. */
  readonly code: string;
  /** null: every kind. */
  readonly applies: readonly ActionKind[] | null;
  match(context: CheckContext): CheckMatch | readonly CheckMatch[] | null;
}

interface About {
  readonly members?: readonly string[];
  readonly evidence?: readonly Evidence[];
}

const said =
  (verdict: Verdict) =>
  (title: Text, detail: Text, about: About = {}): CheckMatch => ({
    verdict,
    title,
    detail,
    members: about.members ?? [],
    evidence: about.evidence ?? [],
  });

export const blocker = said('blocker');
export const warning = said('warning');
export const note = said('note');
export const passed = (title: Text, about: About = {}): CheckMatch => said('passed')(title, '', about);

export function fact(label: Text, text: Text): Evidence {
  return { label, text };
}

/** Kinds in which the leader changes, or may. */
export const LEADER_CHANGES = ['switchover', 'failover', 'rolling_restart'] as const satisfies readonly ActionKind[];
/** Kinds that change `/config`. */
export const CONFIG_CHANGES = [
  'pause',
  'resume',
  'edit_config',
  'demote_cluster',
  'promote_cluster',
] as const satisfies readonly ActionKind[];
/** Kinds that only take something back or read files again: nothing around them can make them harmful. */
const HARMLESS = ['cancel_switchover', 'cancel_restart', 'reload'] as const satisfies readonly ActionKind[];

export function except(...kinds: readonly ActionKind[]): readonly ActionKind[] {
  return ALL.filter((kind) => !kinds.includes(kind));
}

const ALL: readonly ActionKind[] = [...LEADER_CHANGES, ...CONFIG_CHANGES, ...HARMLESS, 'restart', 'reinitialize'];
