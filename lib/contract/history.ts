// What crosses the wire of the past: series, events, leadership, one moment, an incident and its notes.

import type { Health, Snapshot } from '../domain/cluster';
import type { ClusterEvent, EventKind } from '../domain/events';
import type { FindingSpan, Incident, Leadership, LeadershipCause, Note } from '../domain/incident/incident';
import type { Text } from '../language/sentence';

/** How fine the kept samples are that an answer was made of. `memory`: the store is away, or there is none (recordings). */
export type HistoryLevel = 'full' | 'half_minute' | 'ten_minutes' | 'memory';

/** One value per bucket, as long as `times`; null is a gap. Lag is the worst of the bucket, the rest its last. */
export interface MemberSeries {
  readonly replayBytes: readonly (number | null)[];
  readonly receiveBytes: readonly (number | null)[];
  readonly replaySeconds: readonly (number | null)[];
  readonly timeline: readonly (number | null)[];
  readonly state: readonly (string | null)[];
}

/** `GET /api/clusters/{scope}/history?from&to&points`: epoch ms; without them the last 15 minutes, at most 300 buckets. */
export interface HistoryAnswer {
  readonly scope: string;
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly level: HistoryLevel;
  /** Begin of each bucket, ascending, `stepMs` apart without holes. */
  readonly times: readonly number[];
  readonly members: Readonly<Record<string, MemberSeries>>;
  readonly walBytesPerSecond: readonly (number | null)[];
  /** Worst of the bucket. */
  readonly health: readonly (Health | null)[];
  readonly leader: readonly (string | null)[];
  /** Of the window, newest first, at most 500. */
  readonly events: readonly ClusterEvent[];
  /** There are more events in the window than were sent. */
  readonly eventsCut: boolean;
  /** Oldest sample that is kept of this scope; null: none, or not known. */
  readonly keptFrom: number | null;
  /** Why less is shown than was asked for, in words; null: nothing is missing. */
  readonly problem: Text | null;
}

export interface ScopedEvent extends ClusterEvent {
  readonly scope: string;
}

/** `GET /api/events?scope&from&to&kind&severity&text&limit&before`, newest first; `kind` may be repeated. */
export interface EventsAnswer {
  readonly events: readonly ScopedEvent[];
  /** Pass as `before` for the next page; null: this was the last. */
  readonly next: string | null;
  /** `memory`: the store is away, only what this process saw and still remembers. */
  readonly from: 'store' | 'memory';
  readonly problem: Text | null;
}

/** `GET /api/clusters/{scope}/moment?at`: the cluster as it was. 404 where nothing was kept at or before that moment. */
export interface MomentAnswer {
  readonly scope: string;
  readonly at: number;
  /** The newest that was kept at or before `at`; `observedAt` says when it was true. */
  readonly snapshot: Snapshot;
  /** Samples say that Howdah watched between the snapshot and `at`: nothing but numbers changed. false: it did not watch. */
  readonly covered: boolean;
  readonly previous: ClusterEvent | null;
  readonly next: ClusterEvent | null;
  readonly keptFrom: number;
  readonly problem: Text | null;
}

/** `GET /api/clusters/{scope}/leadership`, oldest first. */
export interface LeadershipAnswer {
  readonly scope: string;
  readonly entries: readonly Leadership[];
  readonly problem: Text | null;
}

/** Body of `POST /api/clusters/{scope}/notes`; the answer is `{note}`. `POST …/notes/{id}` with an empty object withdraws it. */
export interface NoteDraft {
  readonly at: number;
  /** 1 to 4000 characters. */
  readonly text: Text;
}

export interface NoteAnswer {
  readonly note: Note;
}

/** `GET /api/clusters/{scope}/incident?from&to` (`&format=md|html` for the report). At most 7 days. */
export interface IncidentAnswer extends Incident {
  readonly history: HistoryAnswer;
}

/** Howdah's memory, for health, the screens and /metrics. */
export interface HistoryState {
  /** Snapshots, samples and events that wait for the store. */
  readonly buffered: number;
  readonly bufferedBytes: number;
  readonly bufferLimitBytes: number;
  /** Given up since the start because the buffer was full, or because the store refused them. */
  readonly droppedSamples: number;
  readonly droppedFrames: number;
  readonly droppedEvents: number;
  /** When the store last took something; null: not yet. */
  readonly storedAt: number | null;
  /** Bytes of the tables of the past; null: not measured yet. */
  readonly storedBytes: number | null;
  readonly limitBytes: number;
  /** Scopes whose past another Howdah on this store writes. */
  readonly elsewhere: number;
  readonly problem: Text | null;
}

export const EVENT_PAGE_MAX = 500;
export const HISTORY_POINTS_MAX = 600;
export const INCIDENT_MAX_MS = 7 * 86_400_000;

export type { ClusterEvent, EventKind, FindingSpan, Leadership, LeadershipCause, Note };
