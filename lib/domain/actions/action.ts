// The model of an action: what is asked for, what is checked before it, what is observed while it runs, how it ended. Data
// only. preflight.ts judges a request, plan.ts says what will be sent, follow.ts reads the observations; the shell only
// carries. It crosses the wire as it is. Unknown is null; instants end in `At`: epoch ms on Howdah's clock.
import type { Text } from '../../language/sentence';
import type { Authority, Rights } from '../access/access';
import type { ActionKind } from '../action-kind';
import type { CandidateReason, ClusterRole, Evidence } from '../cluster';
import type { Lsn } from '../lsn';
import type { MaintenanceRequest } from '../maintenance-note';
import type { OutageSample } from '../outage-sample';
import type { JsonObject } from '../wire/loose';

export type ActionRequest =
  | {
      readonly kind: 'switchover';
      /** null: Patroni chooses (not while paused). */
      readonly candidate: string | null;
      /** ISO 8601 instant with offset, to the second or finer; null: now. */
      readonly scheduledAt: string | null;
      /** Pause the databases of PgBouncer meanwhile, so that clients wait instead of meeting an error; absent: no. */
      readonly pausePools?: boolean;
    }
  | { readonly kind: 'cancel_switchover' }
  | { readonly kind: 'failover'; readonly candidate: string }
  | {
      readonly kind: 'pause';
      /** Who answers for it; null: the one who asks. */
      readonly owner: string | null;
      /** After this Howdah nags; null: no end. */
      readonly until: number | null;
      /** Resume at `until` without being asked again. */
      readonly autoResume: boolean;
    }
  | { readonly kind: 'resume' }
  | {
      readonly kind: 'edit_config';
      /** Version of `/config` the edit began from; null where it was read over REST. */
      readonly baseRevision: string | null;
      /** `digestOf` the document the edit began from: all there is to compare where only REST can be read. */
      readonly baseDigest: string | null;
      /** The whole new document, keys in the order they are to be stored. */
      readonly value: JsonObject;
      /** What was typed (YAML or JSON), kept beside the revision for its comments; null: nothing to keep. */
      readonly text: string | null;
      /** Store what the checks forbid. Needs a right of its own; absent: no. */
      readonly force?: boolean;
    }
  | {
      readonly kind: 'restart';
      readonly members: readonly string[];
      /** Only those that have a pending restart when their turn comes. */
      readonly onlyPending: boolean;
      readonly scheduledAt: string | null;
      /** How long the start may take before Patroni fails over; null: Patroni's primary_start_timeout. */
      readonly timeoutSeconds: number | null;
    }
  | {
      readonly kind: 'rolling_restart';
      readonly onlyPending: boolean;
      /** As of a switchover, around the handover; absent: no. */
      readonly pausePools?: boolean;
    }
  | { readonly kind: 'cancel_restart'; readonly member: string }
  | { readonly kind: 'reload'; readonly members: readonly string[] }
  | {
      readonly kind: 'reinitialize';
      readonly member: string;
      /** Copy from the leader and not from a replica (Patroni 4.1). */
      readonly fromLeader: boolean;
      /** Break off what Patroni is doing there now. */
      readonly force: boolean;
      /** Go on although it is the last healthy or the only sync standby; the reason of the action says why. */
      readonly override: boolean;
    }
  | {
      readonly kind: 'demote_cluster';
      readonly host: string | null;
      readonly port: number | null;
      readonly restoreCommand: string | null;
      readonly primarySlotName: string | null;
    }
  | { readonly kind: 'promote_cluster' }
  | {
      readonly kind: 'end_session';
      readonly member: string;
      readonly pid: number;
      /** As PostgreSQL said it, to the microsecond: where it differs the pid is another session's. */
      readonly backendStart: string;
      /** `cancel`: the statement it runs; `terminate`: the session, with its transaction. */
      readonly how: 'cancel' | 'terminate';
    }
  | MaintenanceRequest;

export type RequestOf<K extends ActionKind> = Extract<ActionRequest, { kind: K }>;

/** By the DCS in one transaction; by REST where Patroni takes it only there or our DCS is away; by SQL of one session; `howdah`: only noted. */
export type Way = 'dcs' | 'rest' | 'sql' | 'howdah';
/** How the leader's loop was woken after a write to the DCS. `none`: it sees the key in its next loop. */
export type Wake = 'patch' | 'touch' | 'none';

// ---- before

/** What a person saw when deciding. If one of these changed by the time of execution, the action is refused with what changed. */
export interface Bound {
  readonly scope: string;
  /** Which cluster of that name it is: the configured source and the identifier PostgreSQL gave it. */
  readonly source: string;
  readonly systemIdentifier: string | null;
  readonly leader: string | null;
  readonly timeline: number | null;
  /** Version of the key (key-version.ts); '0': there is no such key; null: not read from the DCS. */
  readonly failoverRevision: string | null;
  readonly syncRevision: string | null;
  readonly configRevision: string | null;
  /** Of the configuration's content, so that a change shows also where only REST can be read; null: not known. */
  readonly configDigest: string | null;
  /** Sorted. */
  readonly members: readonly string[];
}

/** Asked of the leader's PostgreSQL when a preflight is made, not in every round. */
export interface LeaderFacts {
  readonly member: string;
  readonly at: number;
  readonly longestTransaction: {
    readonly pid: number;
    readonly seconds: number;
    readonly application: string | null;
    readonly user: string | null;
    /** Cut to 80 characters; null without pg_monitor. */
    readonly query: string | null;
  } | null;
  /** Client backends other than Howdah's. */
  readonly connections: number | null;
  readonly preparedTransactions: { readonly count: number; readonly oldestSeconds: number } | null;
  /** Segments finished and not archived yet; null: archive_mode is off or the role may not look. */
  readonly unarchivedFiles: number | null;
  readonly unarchivedBytes: number | null;
  readonly baseBackups: readonly {
    readonly pid: number;
    readonly phase: string;
    readonly streamedBytes: number | null;
    readonly totalBytes: number | null;
  }[];
}

/** What a preflight needs besides the snapshot. The browser holds the newest it was given and judges each new snapshot with it. */
export interface ActionFacts {
  readonly at: number;
  /** null: no SQL role, or the leader did not answer. */
  readonly leader: LeaderFacts | null;
  /** Why `leader` is null; null when it is not. */
  readonly leaderProblem: Text | null;
  /** The action that runs on this scope now. */
  readonly running: {
    readonly id: string;
    readonly kind: ActionKind;
    readonly actor: Text;
    readonly requestedAt: number;
  } | null;
  /** Earlier switchovers and failovers of this cluster, newest first. */
  readonly outages: readonly OutageSample[];
  /** Is a user for Patroni's REST API configured? Without one an API that asks for it refuses us. */
  readonly restUser: boolean;
  /** Is a probe role configured, so that the outage will be measured by real writes? */
  readonly probe: boolean;
  /** Is a role configured that may end sessions? */
  readonly signal: boolean;
  /** The audit journal cannot be written: nothing will be sent. null: it can. */
  readonly journalProblem: Text | null;
  /** Set by configuration: this Howdah only watches. */
  readonly readOnly: boolean;
  /** Of the one who asks; null: nobody has to sign in here, or Howdah itself. */
  readonly rights: Rights | null;
  /** The change of the DCS of this cluster that runs now; absent: none. */
  readonly dcsChange?: Text;
  /** What could be paused around a handover; absent: no PgBouncer is named for this cluster, or nobody asked. */
  readonly pools?: readonly PoolFact[];
}

/** One database of a PgBouncer that leads to the leader, as its console and a sign-in by its way said just now. */
export interface PoolFact {
  readonly entry: string;
  /** null: it is about the whole PgBouncer. */
  readonly database: string | null;
  /** The way it leads, and by which it was signed in: `10.0.0.5:5000`. */
  readonly target: string | null;
  /** Why it is not paused around a handover; null: it can be. */
  readonly obstacle: Text | null;
  readonly clients: number;
  readonly loginRetrySeconds: number | null;
  /** Who waits longer is cut; null: not known, 0: never. */
  readonly waitLimitSeconds: number | null;
}

export type Verdict = 'blocker' | 'warning' | 'note' | 'passed';

export interface Check {
  /** Stable, snake_case. */
  readonly code: string;
  readonly verdict: Verdict;
  /** What is: with member and number. For `passed` a few words that can be joined into one line. */
  readonly title: Text;
  /** What follows from it; empty for `passed`. */
  readonly detail: Text;
  readonly members: readonly string[];
  readonly evidence: readonly Evidence[];
}

export interface CandidateVerdict {
  readonly member: string;
  readonly choice: 'eligible' | 'refused' | 'unknown';
  /** Patroni's own first. Empty when eligible. */
  readonly reasons: readonly CandidateReason[];
  /** `sync standby, streaming`. */
  readonly words: Text;
  /** `In /sync, on timeline 5, answers in 4 ms` or the reasons joined. */
  readonly detail: Text;
  readonly lagBytes: number | null;
  readonly lagSeconds: number | null;
  /** WAL that would be lost with this candidate; 0 for a graceful switchover to a streaming one; null: not known. */
  readonly atRiskBytes: number | null;
}

export interface PlannedStep {
  readonly key: string;
  readonly title: Text;
  /** ms after the request, median of earlier runs on this cluster; null: nothing measured yet. */
  readonly expectedAtMs: number | null;
}

export interface ExpectedOutage {
  /** Median; null: no earlier switchover of this cluster was measured. */
  readonly ms: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  /** Newest first, at most 8. */
  readonly samples: readonly number[];
}

/** May databases of PgBouncer be paused around it? In words what that buys and costs, or why it is not offered. */
export interface PoolOffer {
  readonly offered: boolean;
  readonly text: Text;
}

export interface Preflight {
  readonly request: ActionRequest;
  readonly scope: string;
  /** When the snapshot it judges was made. */
  readonly observedAt: number;
  /** One sentence: what happens to whom. */
  readonly summary: Text;
  /** What the button says: `Switch over to n2`. */
  readonly verb: Text;
  /** Blockers first, then warnings, notes, passed. */
  readonly checks: readonly Check[];
  /** Best first; empty where nobody is chosen. */
  readonly candidates: readonly CandidateVerdict[];
  readonly steps: readonly PlannedStep[];
  /** null: neither can be used now (then there is a blocker). */
  readonly way: Way | null;
  readonly wayReason: Text;
  /** null: no write outage comes of it. */
  readonly outage: ExpectedOutage | null;
  /** Text is always there: `0 B: n2 confirms every commit before the client sees it`. */
  readonly atRisk: { readonly bytes: number | null; readonly seconds: number | null; readonly text: Text } | null;
  /** null: no PgBouncer is known, or nothing is handed over. */
  readonly pools: PoolOffer | null;
  /** null: a click is enough; else the text that must be typed. */
  readonly confirm: string | null;
  readonly bound: Bound;
}

/** `POST /api/clusters/{scope}/preflight`. */
export interface PreflightAnswer {
  readonly preflight: Preflight;
  readonly facts: ActionFacts;
  /** To be sent back with the action; opaque. */
  readonly token: string;
}

// ---- while it runs, and afterwards

/**
 * done: observed as asked. done_differently: something was done, not quite that (`differs` says what). scheduled: accepted for
 * later. refused: nothing was sent, or Patroni took the request back with nothing changed. failed: sent, and observed not to
 * have come about. unknown: sent, and it cannot be said.
 */
export const OUTCOMES = ['done', 'done_differently', 'scheduled', 'refused', 'failed', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface ActionStep {
  readonly key: string;
  readonly title: Text;
  /** What was observed, or what is waited for. */
  readonly detail: Text | null;
  readonly state: 'waiting' | 'current' | 'done' | 'skipped' | 'failed';
  /** When it was first observed as reached; null: not (yet). */
  readonly reachedAt: number | null;
  readonly expectedAtMs: number | null;
}

/** One line of "what was seen", newest last. */
export interface Seen {
  readonly at: number;
  /** `DCS`, `Patroni n1`, `PostgreSQL n2`, `Probe`, `Howdah`. */
  readonly source: Text;
  readonly text: Text;
}

export interface Outage {
  readonly ms: number;
  readonly by: 'probe' | 'observation';
  /** The true value lies within this much of `ms`: the distance of the readings (or writes) around it. */
  readonly precisionMs: number;
  /** Last write or reading that showed a writable leader. */
  readonly lastWritableAt: number;
  /** First one that did again; null: not yet writable, `ms` still grows. */
  readonly writableAgainAt: number | null;
}

/**
 * planned: not sent yet. paused: by us, also while PAUSE still waits. resumed: by us, and seen so. ended_elsewhere: no longer paused when
 * looked at, without our RESUME. not_resumed: it could not be told; it is tried further. not_paused: PAUSE was refused or given up.
 */
export const POOL_STATES = ['planned', 'paused', 'resumed', 'ended_elsewhere', 'not_resumed', 'not_paused'] as const;

/** A database that is paused around a handover. None of them was paused when it was looked at before. */
export interface PausedPool {
  readonly entry: string;
  readonly database: string;
  readonly target: string;
  readonly state: (typeof POOL_STATES)[number];
  /** When PgBouncer had answered the PAUSE. */
  readonly pausedAt: number | null;
  /** When it was first seen not paused any more. */
  readonly resumedAt: number | null;
  /** Most clients that were seen waiting at once. */
  readonly waiting: number | null;
}

/** How long a door led to no leader. */
export interface DoorGap {
  readonly entry: string;
  readonly listener: string;
  /** null: no gap was seen, or it did not end. */
  readonly ms: number | null;
  /** The true value lies within this much of `ms`. */
  readonly precisionMs: number;
  /** It leads to the leader again. */
  readonly isOpen: boolean;
}

/** What clients saw of a handover, as far as the doors and the old leader tell. */
export interface ClientsSaw {
  /** Client connections of the old leader right before; null: not known. */
  readonly sessions: number | null;
  readonly doors: readonly DoorGap[];
  /** Paused around it, as planned before the first PAUSE was sent. */
  readonly pools: readonly PausedPool[];
}

/** Progress of something long within a step. */
export interface Progress {
  readonly label: Text;
  readonly done: number;
  readonly total: number | null;
  readonly unit: 'bytes' | 'members';
}

/** One action from its intent to its end: the audit row and what the progress view shows. */
export interface ActionRecord {
  readonly id: string;
  readonly scope: string;
  readonly request: ActionRequest;
  readonly actor: string;
  /** Absent: from before there was a sign-in. */
  readonly authority?: Authority;
  readonly reason: string;
  readonly idempotencyKey: string;
  readonly requestedAt: number;
  /** open: in the journal and not closed. */
  readonly phase: 'open' | 'closed';
  readonly bound: Bound;
  readonly way: Way | null;
  readonly wake: Wake | null;
  /** Version that our write gave the key; null: nothing written (yet), or by REST. */
  readonly revision: string | null;
  /** When the request left; null: not sent. */
  readonly sentAt: number | null;
  readonly steps: readonly ActionStep[];
  /** Bounded; the newest are kept. */
  readonly seen: readonly Seen[];
  readonly progress: Progress | null;
  readonly outage: Outage | null;
  readonly expectedOutage: ExpectedOutage | null;
  readonly before: Moment;
  readonly after: Moment | null;
  readonly outcome: Outcome | null;
  /** One sentence. null while open. */
  readonly outcomeText: Text | null;
  /** What differs from the request. */
  readonly differs: readonly Text[];
  /** Of a switchover or failover that came about, also within a rolling restart: bytes lost and seconds not writable, or that they are not known. Absent: of anything else. */
  readonly lost?: Text;
  /** Absent: nothing was handed over. */
  readonly clients?: ClientsSaw;
  /** The preflight's blockers and warnings at the time, as evidence. */
  readonly checks: readonly Check[];
  readonly closedAt: number | null;
  /** Found open after a crash and followed to its end by a later start. */
  readonly recovered: boolean;
}

export interface Reached {
  readonly member: string;
  readonly lsn: Lsn;
}

/** The part of a cluster that an audit row keeps as before and after. */
export interface Moment {
  readonly at: number;
  /** How far the leader was known to have written, without one whoever was furthest. null: not known; absent: from before it was kept. */
  readonly reached?: Reached | null;
  readonly leader: string | null;
  readonly timeline: number | null;
  readonly paused: boolean | null;
  readonly configRevision: string | null;
  /** Of a scheduled switchover; null: none. */
  readonly scheduledAt: string | null;
  readonly members: readonly {
    readonly name: string;
    readonly role: ClusterRole | null;
    readonly state: string | null;
    readonly timeline: number | null;
    readonly lagBytes: number | null;
    /** Did WAL flow into it? null: not known, or the leader itself. */
    readonly streaming: boolean | null;
    readonly startedAt: number | null;
    readonly pendingRestart: boolean;
    /** Versions; absent: from before they were kept. */
    readonly postgres?: string | null;
    readonly patroni?: string | null;
  }[];
  /** For edit_config: the document; else null. */
  readonly config: JsonObject | null;
}
