// What the parts of this process offer to the routes, and the one handle to them. Route handlers and this bundle are separate
// module graphs, so the one runtime lives on globalThis. It is put together in composition.ts.

import type { ServerState } from '../contract/stream';
import type { Snapshot } from '../domain/cluster';
import { say, type Text } from '../language/sentence';
import { SpokenError } from '../language/spoken-error';
import type { Door } from './access/door';
import type { Actions } from './actions/actions';
import type { ActivityDesk } from './activity/activity-desk';
import type { AlertDesk } from './alerts/alert-desk';
import type { Alerts } from './alerts/alerts';
import type { BackupDesk } from './backups/backup-desk';
import type { CareDesk } from './care/desk';
import type { Question } from './collector/link';
import type { HowdahConfig } from './config/config';
import type { DriftDesk } from './drift/drift-desk';
import type { Limits } from './edge/limits';
import type { Feed } from './feed';
import type { History } from './history/history';
import type { RosterKeeper } from './roster/roster-keeper';
import type { SourceDesk } from './sources/desk';
import type { WallDesk } from './walls/open';

export interface Runtime {
  readonly config: HowdahConfig;
  readonly feed: Feed;
  readonly startedAt: number;
  state(): ServerState;
  /** JSON text of the newest value, null when the scope is not known. */
  ask(what: Question, scope: string, member?: string): Promise<string | null>;
  /** The newest snapshot of a scope. Rejects with a Refusal. */
  newest(scope: string): Promise<Snapshot>;
  readonly activity: ActivityDesk;
  readonly drift: DriftDesk;
  /** What acts. Rejects with a Refusal where this process cannot: the message says why. */
  actions(): Promise<Actions>;
  /** null: still opening. */
  actionsNow(): Actions | null;
  /** Why nothing can be done here; null: it can, or it is still opening. */
  actionsProblem(): Text | null;
  /** The past. Rejects with a Refusal where nothing is kept here. */
  history(): Promise<History>;
  /** null: still opening, or nothing is kept here. */
  historyNow(): History | null;
  /** What is told, and what people do about it. Rejects with a Refusal where this process cannot. */
  alerts(): Promise<AlertDesk>;
  /** null: still opening. */
  alertsNow(): Alerts | null;
  /** Who belongs to which cluster. Rejects with a Refusal where this process cannot say. */
  roster(): Promise<RosterKeeper>;
  /** What is reported of backups. Rejects with a Refusal where this process cannot say. */
  backups(): Promise<BackupDesk>;
  /** Where the clusters are. Rejects with a Refusal where this process cannot say. */
  sources(): Promise<SourceDesk>;
  /** Who comes in. Rejects with a Refusal where this process cannot say. */
  door(): Promise<Door>;
  readonly limits: Limits;
  /** Walls and their screens. Rejects with a Refusal where this process cannot say. */
  walls(): Promise<WallDesk>;
  /** What changes a DCS itself. Rejects with a Refusal where this process cannot. */
  careDesk(): Promise<CareDesk>;
  /** null: still opening, or nothing is changed from here. */
  careDeskNow(): CareDesk | null;
  /** When the collector last said anything; null: not yet. */
  collectorSeenAt(): number | null;
  stop(reason: string): Promise<void>;
}

const KEY = Symbol.for('howdah.runtime');
type Holder = typeof globalThis & { [KEY]?: Runtime };

/** The runtime of this process. Throws where it was not started: a bug, not a state to show. */
export function runtime(): Runtime {
  const current = (globalThis as Holder)[KEY];
  if (current === undefined) throw new SpokenError(say`Howdah has not been started`);
  return current;
}

/** The one of this process; made where there is none yet. */
export function startRuntime(create: () => Runtime): Runtime {
  const holder = globalThis as Holder;
  holder[KEY] ??= create();
  return holder[KEY];
}
