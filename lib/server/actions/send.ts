// Makes one call, once. A switchover by the DCS is one write of `/failover` that compares what was seen, in one transaction where the DCS
// has them; then the leader's loop is woken, because a change of that key wakes nobody (reference: measured on 3.0, 4.0 and 4.1): first
// by a PATCH of /config that changes nothing, else by a touch of `/config` where that wakes anybody, else not at all. Nothing is repeated.
import type { Bound, Wake } from '../../domain/actions/action';
import type { DcsCall, RestCall, SqlCall } from '../../domain/actions/plan';
import type { RestSeen } from '../../domain/actions/rest-answer';
import type { Snapshot } from '../../domain/cluster';
import { rewritten } from '../../domain/config/stored-text';
import { wakesByConfig } from '../../domain/dcs-kind';
import { memberOf } from '../../domain/members';
import { parseObject } from '../../domain/wire/loose';
import type { Commit } from '../../io/dcs/port';
import { signalSession } from '../../io/session-signal';
import { joined, say, type Text } from '../../language/sentence';
import type { ClusterReach } from './reach';

export type SendResult =
  | { readonly kind: 'sent'; readonly revision: string | null; readonly detail: Text }
  /** Certainly nothing was written or sent. */
  | { readonly kind: 'not_sent'; readonly text: Text }
  /** It may have arrived: only observation tells. */
  | { readonly kind: 'unknown'; readonly text: Text };

const WAKE_MS = 1500;
/** Patroni polls for up to 2 * max(10, loop_wait) s after it took a switchover, each read may take retry_timeout more. */
const SWITCHOVER_MS = 90_000;
const RESTART_MS = 20 * 60_000;
const QUICK_MS = 30_000;
const SIGNAL_MS = 5000;

export async function commitCall(call: DcsCall, bound: Bound, reach: ClusterReach): Promise<SendResult> {
  if (reach.dcs === null) return { kind: 'not_sent', text: say`no DCS is configured` };
  const revisions = { failover: bound.failoverRevision, config: bound.configRevision, sync: bound.syncRevision };
  const compare: Record<string, string> = {};
  for (const key of call.compare) {
    const revision = revisions[key];
    if (revision === null) return { kind: 'not_sent', text: say`the revision of /${key} is not known` };
    compare[key] = revision;
  }
  const value = call.key === 'config' ? await overStored(call.value, compare, reach) : call.value;
  if (value === null)
    return { kind: 'not_sent', text: say`/config changed in that moment, or cannot be read; nothing was written` };
  const commit: Commit = { compare, leader: call.leader, put: { [call.key]: value } };
  const result = await reach.dcs.commit(reach.dcsScope, commit);
  switch (result.kind) {
    case 'committed':
      return {
        kind: 'sent',
        revision: result.revision,
        detail:
          result.readBefore === undefined
            ? say`one transaction, ${Math.round(result.tookMs)} ms, revision ${result.revision}`
            : say`one conditional write, ${Math.round(result.tookMs)} ms, revision ${result.revision}; ${result.readBefore.map((key) => `/${key}`).join(', ')} read just before`,
      };
    case 'changed': {
      const changed = call.compare.filter((key) => (result.now[key]?.version ?? '0') !== compare[key]);
      const holder = result.now.leader?.value ?? 'nobody';
      const wanted = call.leader === null ? null : call.leader === 'nobody' ? 'nobody' : call.leader.holder;
      const leader = wanted !== null && holder !== wanted;
      const what = [...changed.map((key) => `/${key}`), ...(leader ? ['/leader'] : [])];
      return {
        kind: 'not_sent',
        text: say`${what.join(', ') || say`the cluster`} changed just then; nothing was written`,
      };
    }
    case 'failed':
      return { kind: 'not_sent', text: say`the DCS: ${result.error.message}; nothing was written` };
    case 'unknown':
      return { kind: 'unknown', text: say`the DCS: ${result.error.message}; it may have been written` };
  }
}

/** The new document written into the stored text, so that what did not change keeps its bytes; null: it is not the one that was seen. */
async function overStored(
  value: string,
  compare: Readonly<Record<string, string>>,
  reach: ClusterReach,
): Promise<string | null> {
  const current = await reach.dcs?.current(reach.dcsScope).catch(() => null);
  if (current == null || (current.config?.version ?? '0') !== compare.config) return null;
  return current.config === null ? value : rewritten(current.config.value, parseObject(value) ?? {});
}

/** After a write to `/failover`: makes the leader (or, without one, the candidate) look now. Never fails: without it Patroni looks in its next loop. */
export async function wake(
  member: string,
  snapshot: Snapshot,
  reach: ClusterReach,
  failoverRevision: string,
): Promise<{ readonly wake: Wake; readonly detail: Text }> {
  const target = snapshot.cluster.members.find((entry) => entry.name === member);
  const refusals: Text[] = [];
  if (target?.apiUrl != null) {
    const reading = await reach.patroni.send(target.apiUrl, 'PATCH', '/config', { howdah_wake: null }, WAKE_MS);
    if (reading.ok && reading.value.status === 200)
      return { wake: 'patch', detail: say`${member} woken by a PATCH that changes nothing` };
    refusals.push(reading.ok ? say`PATCH was answered ${reading.value.status}` : say`PATCH: ${reading.error.message}`);
  }
  const kind = snapshot.cluster.dcs?.kind ?? null;
  const wakesBy = kind === null ? null : wakesByConfig(kind);
  if (wakesBy === null)
    return { wake: 'none', detail: joined([...refusals, say`seen in its next loop, within loop_wait`], '; ') };
  const current = await reach.dcs?.current(reach.dcsScope).catch(() => null);
  const config = current?.config ?? null;
  // Whoever cleared or replaced the request meanwhile needs no waking for it.
  if (config === null || current?.failover?.version !== failoverRevision)
    return { wake: 'none', detail: joined([...refusals, say`seen in its next loop`], '; ') };
  const changed = config.value.endsWith(' ') ? config.value.trimEnd() : `${config.value} `;
  const touched = wakesBy === 'write' ? config.value : changed;
  const result = await reach.dcs?.commit(reach.dcsScope, {
    compare: { config: config.version, failover: failoverRevision },
    leader: null,
    put: { config: touched },
  });
  if (result?.kind === 'committed')
    return { wake: 'touch', detail: say`${joined(refusals, '; ')}; /config touched instead` };
  return { wake: 'none', detail: joined([...refusals, say`seen in its next loop, within loop_wait`], '; ') };
}

/** The answer, whenever it comes; a lost one is an answer with an error. */
async function restCall(call: RestCall, snapshot: Snapshot, reach: ClusterReach, now: () => number): Promise<RestSeen> {
  const url = urlOf(call, snapshot);
  if (url === null)
    return { at: now(), status: null, text: say`no address of its REST API is known`, error: 'skipped' };
  const deadline = !call.blocks ? QUICK_MS : call.path === '/restart' ? RESTART_MS : SWITCHOVER_MS;
  const reading = await reach.patroni.send(url, call.method, call.path, call.body, deadline);
  if (reading.ok)
    return { at: reading.at, status: reading.value.status, text: reading.value.body.slice(0, 2000), error: null };
  return { at: reading.at, status: null, text: reading.error.message, error: reading.error.kind };
}

/** The session's end, asked for once. Statuses as of a REST call, so that they are read alike: 2xx sent, 4xx nothing was done. */
async function sqlCall(call: SqlCall, snapshot: Snapshot, reach: ClusterReach, now: () => number): Promise<RestSeen> {
  const member = memberOf(snapshot, call.member);
  const target = member === null ? null : reach.signal(member);
  const seen = (status: number | null, text: Text, error: RestSeen['error'] = null): RestSeen => ({
    ...{ at: now(), status, text, error },
  });
  if (target === null) return seen(null, say`no role is configured that may end sessions`, 'skipped');
  const signalled = await signalSession(target, call, call.how, SIGNAL_MS, now);
  switch (signalled.kind) {
    case 'sent':
      return seen(200, say`signal sent to ${signalled.who || say`a session without a name`}`);
    case 'none':
      return seen(404, say`there is no such session of a client any longer`);
    case 'blind':
      return seen(403, say`the role is not in pg_read_all_stats and sees no session of others`);
    case 'refused':
      return seen(403, signalled.error.message);
    case 'unknown':
      return seen(null, signalled.error.message, signalled.error.kind);
  }
}

function urlOf(call: RestCall, { cluster }: Snapshot): string | null {
  if (call.member !== null) return cluster.members.find((member) => member.name === call.member)?.apiUrl ?? null;
  const alive = cluster.members.filter(
    (member) => member.witnesses.patroni.state === 'fresh' && member.apiUrl !== null,
  );
  const first = alive.find((member) => member.name === cluster.leader?.name) ?? alive[0];
  return first?.apiUrl ?? null;
}

/** What compares nothing in the DCS: one request, made once. */
export function sendAlone(
  call: RestCall | SqlCall,
  snapshot: Snapshot,
  reach: ClusterReach,
  now: () => number,
): Promise<RestSeen> {
  return call.way === 'rest' ? restCall(call, snapshot, reach, now) : sqlCall(call, snapshot, reach, now);
}

/** Who answers it. */
export function sourceOf(call: RestCall | SqlCall): Text {
  if (call.way === 'sql') return say`PostgreSQL ${call.member}`;
  return call.member === null ? 'Patroni' : say`Patroni ${call.member}`;
}

/** What is sent, and to whom. */
export function placeOf(call: RestCall | SqlCall): Text {
  if (call.way === 'sql')
    return call.how === 'cancel'
      ? say`pg_cancel_backend(${call.pid}) on ${call.member}`
      : say`pg_terminate_backend(${call.pid}) on ${call.member}`;
  const { method, path, member } = call;
  return member === null ? `${method} ${path}` : say`${method} ${path} on ${member}`;
}

/** One line for the action's log. */
export function answerLine(call: RestCall | SqlCall, { status, text }: RestSeen): Text {
  if (call.way === 'sql') return text;
  const { method, path } = call;
  if (status === null) return say`no answer to ${method} ${path}: ${text}`;
  const plain = String(text)
    .replace(/<[^>]*>|\s+/g, ' ')
    .trim();
  return say`answered ${status} ${plain.slice(0, 120)}`;
}
