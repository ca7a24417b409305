// What is sent for a request: data, not deeds. A plan is a list of stages; each stage is one call and what its end looks like
// (follow.ts). A rolling restart has many, everything else one or one per member. Values are written as Patroni 4.1.5 writes
// them (patroni/dcs/__init__.py manual_failover: compact JSON, `member` is the candidate). Pure.
import type { Snapshot } from '../cluster';
import { patchOf } from '../config/diff';
import type { JsonObject } from '../wire/loose';
import type { ActionRequest, Way } from './action';
import { rollingOrder } from './rolling';

export interface DcsCall {
  readonly way: 'dcs';
  readonly compare: readonly ('failover' | 'config' | 'sync')[];
  /** Holder the leader key must name, `nobody`: it must not exist; null: not compared. */
  readonly leader: { readonly holder: string } | 'nobody' | null;
  readonly key: 'failover' | 'config';
  readonly value: string;
  /** Whose loop to wake afterwards: a change of `/failover` wakes nobody, one of `/config` everybody. null: nobody's. */
  readonly wake: string | null;
}

export interface RestCall {
  readonly way: 'rest';
  /** Who is asked; null: the leader, or whoever answers. */
  readonly member: string | null;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body: JsonObject | null;
  /** Patroni answers when it is over, not at once. */
  readonly blocks: boolean;
}

/** One statement at one member, which ends the session only where it is still the one that was seen. */
export interface SqlCall {
  readonly way: 'sql';
  readonly member: string;
  readonly pid: number;
  readonly backendStart: string;
  readonly how: 'cancel' | 'terminate';
}

export type Call = DcsCall | RestCall | SqlCall;

export type StageKind =
  | 'switchover'
  | 'failover'
  | 'schedule_switchover'
  | 'cancel_switchover'
  | 'pause'
  | 'resume'
  | 'edit_config'
  | 'demote_cluster'
  | 'promote_cluster'
  | 'restart'
  | 'schedule_restart'
  | 'cancel_restart'
  | 'reload'
  | 'reinitialize'
  | 'end_session'
  | 'maintenance';

export interface Stage {
  readonly kind: StageKind;
  /** Put before the keys of its steps: '' or `switchover:`. */
  readonly prefix: string;
  /** Whom it is about: the member that is restarted, the candidate; null: nobody in particular. */
  readonly member: string | null;
  /** May it be left out when its turn comes because it no longer applies (no pending restart)? */
  readonly onlyPending: boolean;
}

export function planOf(request: ActionRequest, snapshot: Snapshot): readonly Stage[] {
  const stage = (kind: StageKind, member: string | null = null, onlyPending = false): Stage => ({
    kind,
    prefix: '',
    member,
    onlyPending,
  });
  switch (request.kind) {
    case 'switchover':
      return [stage(request.scheduledAt === null ? 'switchover' : 'schedule_switchover', request.candidate)];
    case 'failover':
      return [stage('failover', request.candidate)];
    case 'restart':
      return inRestartOrder(request.members, snapshot).map((member) =>
        stage(request.scheduledAt === null ? 'restart' : 'schedule_restart', member, request.onlyPending),
      );
    case 'reload':
      return request.members.map((member) => stage('reload', member));
    case 'cancel_restart':
    case 'reinitialize':
    case 'end_session':
      return [stage(request.kind, request.member)];
    case 'rolling_restart':
      return rollingStages(request.onlyPending, snapshot);
    case 'cancel_switchover':
    case 'pause':
    case 'resume':
    case 'edit_config':
    case 'demote_cluster':
    case 'promote_cluster':
    case 'maintenance':
      return [stage(request.kind)];
  }
}

/** Replicas first: what a bad parameter breaks should not be the primary. */
function inRestartOrder(members: readonly string[], { cluster }: Snapshot): readonly string[] {
  const rank = (name: string): number => (name === cluster.leader?.name ? 1 : 0);
  return [...members].sort((a, b) => rank(a) - rank(b));
}

function rollingStages(onlyPending: boolean, snapshot: Snapshot): readonly Stage[] {
  const order = rollingOrder(snapshot.cluster, onlyPending);
  const restart = (member: string): Stage => ({ kind: 'restart', prefix: '', member, onlyPending: false });
  const replicas = order.replicas.map(restart);
  if (order.leader === null) return replicas;
  // Decreased hot-standby-sensitive parameters: a standby restarted before its primary keeps the old value.
  if (order.primaryFirst) return [restart(order.leader), ...replicas];
  return [
    ...replicas,
    { kind: 'switchover', prefix: 'switchover:', member: null, onlyPending: false },
    restart(order.leader),
  ];
}

const REST_ONLY: ReadonlySet<StageKind> = new Set([
  'restart',
  'schedule_restart',
  'cancel_restart',
  'reload',
  'reinitialize',
]);

/** The way of one stage: what Patroni takes only over REST goes there, the rest goes to the DCS where that can be read. */
export function wayOf(stage: Stage, { cluster }: Snapshot, chosen: Way | null): Way | null {
  if (stage.kind === 'end_session') return 'sql';
  if (stage.kind === 'maintenance') return 'howdah';
  if (REST_ONLY.has(stage.kind)) return 'rest';
  // The switchover in the middle of a rolling restart is judged when its turn comes.
  return stage.prefix === '' ? chosen : cluster.dcs?.state === 'fresh' ? 'dcs' : 'rest';
}

/** The call of a stage as things are now. null: it cannot be made (no leader to ask, nothing read yet). */
export function callOf(stage: Stage, request: ActionRequest, way: Way, snapshot: Snapshot): Call | null {
  if (way === 'howdah') return null;
  if (way === 'sql') return sqlCallOf(stage, request);
  const { cluster } = snapshot;
  const leader = cluster.leader?.name ?? null;
  const config = cluster.config;
  const rest = (
    member: string | null,
    method: RestCall['method'],
    path: string,
    body: JsonObject | null,
    blocks = false,
  ): RestCall => ({ way: 'rest', member, method, path, body, blocks });
  const writeConfig = (value: JsonObject): Call | null => {
    if (way === 'dcs')
      return { way, compare: ['config'], leader: null, key: 'config', value: JSON.stringify(value), wake: null };
    return config === null ? null : rest(leader, 'PATCH', '/config', patchOf(config.value, value));
  };
  switch (stage.kind) {
    case 'switchover':
    case 'failover':
    case 'schedule_switchover': {
      const at = request.kind === 'switchover' ? request.scheduledAt : null;
      const from = stage.kind === 'failover' ? null : leader;
      if (stage.kind !== 'failover' && from === null) return null;
      if (way === 'rest') {
        const body = {
          ...(from === null ? {} : { leader: from }),
          ...(stage.member === null ? {} : { candidate: stage.member }),
          ...(at === null ? {} : { scheduled_at: at }),
        };
        return rest(
          leader ?? stage.member,
          'POST',
          stage.kind === 'failover' ? '/failover' : '/switchover',
          body,
          at === null,
        );
      }
      const value = {
        ...(from === null ? {} : { leader: from }),
        ...(stage.member === null ? {} : { member: stage.member }),
        ...(at === null ? {} : { scheduled_at: at }),
      };
      return {
        way,
        compare: ['failover', 'sync', 'config'],
        // Also for a failover: who was elected meanwhile must not be failed over by a decision about nobody.
        leader: leader === null ? 'nobody' : { holder: leader },
        key: 'failover',
        value: JSON.stringify(value),
        wake: at === null ? (leader ?? stage.member) : null,
      };
    }
    case 'cancel_switchover':
      return way === 'rest'
        ? rest(null, 'DELETE', '/switchover', null)
        : { way, compare: ['failover'], leader: null, key: 'failover', value: '{}', wake: null };
    case 'pause':
      return config === null
        ? null
        : way === 'rest'
          ? rest(leader, 'PATCH', '/config', { pause: true })
          : writeConfig({ ...config.value, pause: true });
    case 'resume': {
      if (config === null) return null;
      const { pause: _pause, ...value } = config.value;
      return way === 'rest' ? rest(leader, 'PATCH', '/config', { pause: null }) : writeConfig(value);
    }
    case 'edit_config':
      return request.kind === 'edit_config' ? writeConfig(request.value) : null;
    case 'demote_cluster': {
      if (request.kind !== 'demote_cluster' || config === null) return null;
      return writeConfig({
        ...config.value,
        standby_cluster: {
          ...(request.host === null ? {} : { host: request.host }),
          ...(request.port === null ? {} : { port: request.port }),
          ...(request.restoreCommand === null ? {} : { restore_command: request.restoreCommand }),
          ...(request.primarySlotName === null ? {} : { primary_slot_name: request.primarySlotName }),
        },
      });
    }
    case 'promote_cluster': {
      if (config === null) return null;
      const { standby_cluster: _section, ...value } = config.value;
      return writeConfig(value);
    }
    case 'restart':
      return rest(stage.member, 'POST', '/restart', restartBody(request, null), true);
    case 'schedule_restart':
      return rest(
        stage.member,
        'POST',
        '/restart',
        restartBody(request, request.kind === 'restart' ? request.scheduledAt : null),
      );
    case 'cancel_restart':
      return rest(stage.member, 'DELETE', '/restart', null);
    case 'reload':
      return rest(stage.member, 'POST', '/reload', null);
    case 'end_session':
    case 'maintenance':
      return null;
    case 'reinitialize': {
      if (request.kind !== 'reinitialize') return null;
      const body = {
        ...(request.force ? { force: true } : {}),
        ...(request.fromLeader ? { from_leader: true } : {}),
      };
      // Patroni answers 400 to an empty object.
      return rest(stage.member, 'POST', '/reinitialize', Object.keys(body).length === 0 ? null : body);
    }
  }
}

function sqlCallOf(stage: Stage, request: ActionRequest): Call | null {
  if (stage.kind !== 'end_session' || request.kind !== 'end_session') return null;
  const { member, pid, backendStart, how } = request;
  return { way: 'sql', member, pid, backendStart, how };
}

/** `restart_pending` counts by its presence, whatever its value (api.py v4.1.5): sent only as true. */
function restartBody(request: ActionRequest, schedule: string | null): JsonObject | null {
  const asked = request.kind === 'restart' ? request : null;
  const body = {
    ...(asked?.onlyPending && schedule !== null ? { restart_pending: true } : {}),
    ...(asked?.timeoutSeconds == null ? {} : { timeout: asked.timeoutSeconds }),
    ...(schedule === null ? {} : { schedule }),
  };
  return Object.keys(body).length === 0 ? null : body;
}

const BREAKS_WRITES: ReadonlySet<StageKind> = new Set(['switchover', 'failover', 'restart', 'demote_cluster']);

/** Does the cluster take no writes for a while because of this stage? */
export function breaksWrites(stage: Stage, leader: string | null): boolean {
  return BREAKS_WRITES.has(stage.kind) && (stage.kind !== 'restart' || stage.member === leader);
}
