// An incident as data: everything that was kept of one cluster over a window. What is made of it (the order, the headline, the
// report) is in story.ts and report.ts. Plain data; unknown is null; instants are epoch ms.
import type { Text } from '../../language/sentence';
import type { ActionRecord } from '../actions/action';
import type { FindingCode, Snapshot } from '../cluster';
import type { ClusterEvent } from '../events';
import type { Health, Severity } from '../severity';

/** How a leadership began. `unknown`: neither Howdah nor the DCS can tell. */
export type LeadershipCause = 'bootstrap' | 'switchover' | 'failover' | 'automatic' | 'unknown';

/** One timeline of one leader. */
export interface Leadership {
  readonly timeline: number;
  /** null: not recorded. */
  readonly leader: string | null;
  readonly startedAt: number | null;
  /** null: the current one, or not known. */
  readonly endedAt: number | null;
  /** Where it left the timeline before, as PostgreSQL prints it; null: the first, or not known. */
  readonly forkLsn: string | null;
  readonly current: boolean;
  readonly cause: LeadershipCause;
  /** Who asked for it, where it was done by Howdah. */
  readonly actor: string | null;
  readonly actionId: string | null;
  /** Patroni's own text in /history. */
  readonly reason: string | null;
  /** Measured write outage of the change, where an action measured it. */
  readonly outageMs: number | null;
}

/** A person's words about a moment. Never changed; withdrawn ones stay, struck out. */
export interface Note {
  readonly id: string;
  readonly scope: string;
  /** The moment it is about. */
  readonly at: number;
  readonly text: string;
  readonly actor: string;
  readonly writtenAt: number;
  readonly withdrawnAt: number | null;
}

/** A finding from its beginning to its end, as far as the window shows them. */
export interface FindingSpan {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly title: Text;
  readonly members: readonly string[];
  /** null: it stood already when the window began, since when is not known. */
  readonly from: number | null;
  /** null: it still stood when the window ended. */
  readonly to: number | null;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One value per bucket, as long as `times`; null is a gap. */
export interface IncidentSeries {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly times: readonly number[];
  readonly members: Readonly<Record<string, { readonly replayBytes: readonly (number | null)[] }>>;
  readonly walBytesPerSecond: readonly (number | null)[];
  readonly health: readonly (Health | null)[];
  readonly leader: readonly (string | null)[];
  readonly keptFrom: number | null;
}

/** What crosses the wire as IncidentAnswer, as far as the report needs it. */
export interface Incident {
  readonly scope: string;
  readonly from: number;
  readonly to: number;
  readonly madeAt: number;
  /** As it was at `from` and at `to`; null: nothing kept. */
  readonly before: Snapshot | null;
  readonly after: Snapshot | null;
  /** Oldest first. */
  readonly events: readonly ClusterEvent[];
  readonly eventsCut: boolean;
  readonly findings: readonly FindingSpan[];
  /** Oldest first. */
  readonly actions: readonly ActionRecord[];
  readonly leadership: readonly Leadership[];
  readonly history: IncidentSeries;
  readonly notes: readonly Note[];
  /** Spans in which Howdah did not watch this scope. */
  readonly blind: readonly Span[];
  readonly problem: Text | null;
}
