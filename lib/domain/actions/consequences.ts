// What an action does or can lead to besides its own kind: the one table. What it does needs the right to that too; what it can lead
// to decides which policies apply, so that no second person is walked around by another word for the same thing. Pure.

import { say, type Text } from '../../language/sentence';
import { type ApprovalPolicy, policyFor, type Target } from '../access/access';
import type { ActionKind } from '../action-kind';
import type { Cluster } from '../cluster';
import { type JsonObject, patroniBoolean } from '../wire/loose';
import type { ActionRequest } from './action';
import { canonical } from './bound';

export interface Consequence {
  readonly kind: ActionKind;
  /** It is part of what is asked: the right to it is needed too. Else it may come of it. */
  readonly does: boolean;
  /** After "because": a clause without its full stop. */
  readonly why: Text;
}

/** What of a cluster decides it; null: not read, then it may be anything. */
export type Around = Pick<Cluster, 'leader' | 'members' | 'config'> | null;

/** Keys of the dynamic configuration by which Patroni decides when the leader loses its place, and who may take it. */
const OF_FAILOVER = [
  ...['ttl', 'loop_wait', 'retry_timeout', 'failsafe_mode', 'check_timeline'],
  ...['maximum_lag_on_failover', 'maximum_lag_on_syncnode'],
  ...['primary_start_timeout', 'primary_stop_timeout', 'master_start_timeout', 'master_stop_timeout'],
  ...['synchronous_mode', 'synchronous_mode_strict', 'synchronous_node_count'],
] as const;

/** Its own kind is not among them. */
export function consequencesOf(request: ActionRequest, cluster: Around): readonly Consequence[] {
  const leads = cluster?.leader ?? null;
  const some = (when: boolean, kind: ActionKind, why: Text, does = false): readonly Consequence[] =>
    when ? [{ kind, does, why }] : [];
  switch (request.kind) {
    case 'switchover':
    case 'cancel_switchover':
    case 'cancel_restart':
    case 'reload':
    case 'end_session':
      return [];
    case 'failover':
      return some(true, 'switchover', say`a failover hands the leader over, as a switchover does`);
    case 'pause':
      return some(request.autoResume, 'resume', say`this pause ends by itself with a resume`, true);
    case 'resume':
      return some(
        leads?.known !== true,
        'failover',
        say`nobody is known to lead: Patroni may fail over as soon as it is resumed`,
      );
    case 'edit_config':
      return ofConfig(request.value, cluster?.config?.value ?? null);
    case 'restart':
      return [
        ...some(
          leads?.known !== true || request.scheduledAt !== null || request.members.includes(leads.name),
          'failover',
          request.scheduledAt === null
            ? say`the leader is restarted: where its start takes too long, Patroni fails over`
            : say`whoever leads then may be restarted: where the start takes too long, Patroni fails over`,
        ),
        ...some(
          request.members.length > 1,
          'rolling_restart',
          say`several members are restarted, as a rolling restart does`,
        ),
      ];
    case 'rolling_restart':
      return [
        ...some(true, 'restart', say`a rolling restart restarts every member`),
        ...some(true, 'switchover', say`a rolling restart hands the leader over before it restarts it`),
        ...some(true, 'failover', say`the leader is restarted: where its start takes too long, Patroni fails over`),
      ];
    case 'maintenance':
      // The begin names everybody and what for: the steps that follow it need no second person each, and its switchover is asked for by itself.
      return request.step !== 'begin'
        ? []
        : [
            ...some(true, 'rolling_restart', say`every member is stopped and started, as a rolling restart does`),
            ...some(true, 'restart', say`every member is stopped and started`),
            ...some(true, 'switchover', say`the leader is handed over before its turn`),
          ];
    case 'reinitialize':
      return some(true, 'restart', say`a reinitialize stops the member and starts it again`);
    case 'demote_cluster':
      return [
        ...some(true, 'switchover', say`demoting the cluster ends the writes on its leader, as a switchover does`),
        ...some(true, 'restart', say`demoting the cluster restarts its leader as a standby`),
      ];
    case 'promote_cluster':
      return some(true, 'failover', say`promoting the cluster makes another primary, as a failover does`);
    default: {
      const never: never = request;
      return never;
    }
  }
}

/** A document edited by hand can do what other actions do; where it is not known what is there, whatever it holds counts. */
function ofConfig(value: JsonObject, current: JsonObject | null): readonly Consequence[] {
  const all: Consequence[] = [];
  const [before, after] = [standbyOf(current), standbyOf(value)];
  if (canonical(before) !== canonical(after)) {
    const edit: ActionRequest =
      after === null
        ? { kind: 'promote_cluster' }
        : { kind: 'demote_cluster', host: null, port: null, restoreCommand: null, primarySlotName: null };
    const why = after === null ? say`the edit promotes the cluster` : say`the edit demotes the cluster`;
    all.push({ kind: edit.kind, does: true, why }, ...consequencesOf(edit, null));
  }
  const pauses = patroniBoolean(value.pause) === true;
  if (pauses !== (patroniBoolean(current?.pause) === true))
    all.push({
      kind: pauses ? 'pause' : 'resume',
      does: true,
      why: pauses ? say`the edit pauses` : say`the edit resumes`,
    });
  const decides = OF_FAILOVER.find((key) => differs(value, current, key));
  if (decides !== undefined)
    all.push({ kind: 'failover', does: false, why: say`${decides} decides when Patroni fails over, and to whom` });
  if (differs(value, current, 'postgresql'))
    all.push({ kind: 'reload', does: false, why: say`the edit reloads every member` });
  return all.filter(({ kind }, index) => all.findIndex((one) => one.kind === kind) === index);
}

function differs(value: JsonObject, current: JsonObject | null, key: string): boolean {
  const of = (document: JsonObject | null): unknown =>
    document !== null && Object.hasOwn(document, key) ? document[key] : null;
  return canonical(of(value)) !== canonical(of(current));
}

/** null: none. A section that is empty or no map makes no standby cluster. */
function standbyOf(config: JsonObject | null): unknown {
  const section = config === null || !Object.hasOwn(config, 'standby_cluster') ? null : config.standby_cluster;
  return typeof section === 'object' && section !== null && Object.keys(section).length > 0 ? section : null;
}

/** The rights that are needed for it: to its own kind first, and to all that it does. */
export function requiredKinds(request: ActionRequest, cluster: Around): readonly ActionKind[] {
  const does = consequencesOf(request, cluster).filter((one) => one.does);
  return [request.kind, ...does.map(({ kind }) => kind)];
}

export interface SecondPerson {
  readonly policy: ApprovalPolicy;
  /** Which kind the policy names. */
  readonly kind: ActionKind;
  /** Why it applies, where that is not the action's own kind; null: it is. */
  readonly why: Text | null;
}

/** The policy that asks for a second person, by what is asked or by what can come of it; null: one is enough. */
export function secondPersonFor(
  policies: readonly ApprovalPolicy[],
  request: ActionRequest,
  target: Target,
  cluster: Around,
): SecondPerson | null {
  if (request.kind === 'maintenance' && request.step !== 'begin') return null;
  const own = { kind: request.kind, why: null };
  const all: readonly Pick<SecondPerson, 'kind' | 'why'>[] = [own, ...consequencesOf(request, cluster)];
  for (const { kind, why } of all) {
    const policy = policyFor(policies, [kind], target);
    if (policy !== null) return { policy, kind, why };
  }
  return null;
}
