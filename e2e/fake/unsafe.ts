// What a fake Patroni does with requests that change something, as patroni/api.py does at v4.1.4: the same checks in the same
// order, the same texts. A test departs from that per request by a Departure: what the caller is told and what comes about in
// truth are two things, which is what Howdah must cope with. It never decides who leads by itself: without a request nothing moves.

import type { FakeCluster, FakeNode } from './patroni';
import { type Departure, pause, type Reply, type UnsafeRequest } from './unsafe-request';

type Json = Record<string, unknown>;
/** Either Patroni's refusal, or what is to be done; the work ends with Patroni's answer. */
type Plan = Reply | ((insteadTo: string | null) => Promise<Reply>);

const text = (status: number, body: string): Reply => ({ status, body });
const html = (status: number): Reply => ({ status, body: `<p>Error code: ${status}</p>` });

/** The answer to one unsafe request; null: the connection ends without one. Never resolves for `never`. */
export async function answerUnsafe(node: FakeNode, request: UnsafeRequest): Promise<Reply | null> {
  const { cluster } = node;
  const denied = checkUser(cluster, request);
  if (denied !== null) return denied;
  const key = `${request.method} /${segmentOf(request.path)}`;
  const departure = cluster.departures.get(key);
  if (departure === undefined) return carryOut(await plan(node, request, key), null);
  if (departure.once === true) cluster.departures.delete(key);
  const outcome = departure.happens === false ? null : happen(node, request, key, departure);
  outcome?.catch(() => undefined);
  if (departure.reply === 'never') return new Promise(() => undefined);
  await pause(departure.replyAfterMs ?? 0);
  if (departure.reply === 'own') return outcome === null ? null : outcome;
  return departure.reply === 'closed' ? null : departure.reply;
}

async function happen(node: FakeNode, request: UnsafeRequest, key: string, departure: Departure): Promise<Reply> {
  await pause(departure.happensAfterMs ?? 0);
  return carryOut(await plan(node, request, key), departure.insteadTo ?? null);
}

function carryOut(planned: Plan, insteadTo: string | null): Promise<Reply> | Reply {
  return typeof planned === 'function' ? planned(insteadTo) : planned;
}

function segmentOf(path: string): string {
  return path.slice(1).split(/[/?]/, 1)[0] ?? '';
}

function checkUser({ user }: FakeCluster, request: UnsafeRequest): Reply | null {
  if (user === null) return null;
  if (request.user === null) return text(401, 'no auth header received');
  return request.user === user.name && request.password === user.password ? null : text(401, 'not authenticated');
}

async function plan(node: FakeNode, request: UnsafeRequest, key: string): Promise<Plan> {
  switch (key) {
    case 'POST /switchover':
    case 'POST /failover':
      return planMove(node, request, key === 'POST /switchover' ? 'switchover' : 'failover');
    case 'DELETE /switchover':
      return planCancel(node.cluster);
    case 'PATCH /config':
    case 'PUT /config':
      return planConfig(node.cluster, request);
    case 'POST /restart':
      return planRestart(node, request);
    case 'DELETE /restart':
      return planCancelRestart(node);
    case 'POST /reload':
      return text(202, 'reload scheduled');
    case 'POST /reinitialize':
      return planReinitialize(node, request);
    default:
      return text(501, `<p>Unsupported method ('${request.method.slice(0, 20)}').</p>`);
  }
}

/** Null: the answer is 400. */
function parseBody(request: UnsafeRequest): Json | null {
  try {
    const value: unknown = JSON.parse(request.body === '' ? '{}' : request.body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

async function planMove(node: FakeNode, request: UnsafeRequest, kind: 'switchover' | 'failover'): Promise<Plan> {
  const { cluster } = node;
  if (request.contentLength === null) return html(411);
  const body = parseBody(request);
  if (body === null || Object.keys(body).length === 0) return html(400);
  await cluster.keys.refresh();
  const [leader, candidate, at] = [word(body.leader), word(body.candidate ?? body.member), word(body.scheduled_at)];
  const scheduled = at !== '';
  const title = kind === 'switchover' ? 'Switchover' : 'Failover';
  if (kind === 'failover' && candidate === '')
    return text(400, 'Failover could be performed only to a specific candidate');
  if (kind === 'switchover' && leader === '')
    return text(400, 'Switchover could be performed only from a specific leader');
  if (kind === 'failover' && scheduled) return text(400, "Failover can't be scheduled");
  if (scheduled) {
    const refusal = checkSchedule(at, 'switchover', cluster.paused);
    if (refusal !== null) return refusal;
  }
  if (cluster.paused && candidate === '')
    return text(400, `${title} is possible only to a specific candidate in a paused state`);
  if (leader !== '' && leader === candidate) return text(400, 'Switchover target and source are the same');
  if (scheduled) {
    return async () => {
      await cluster.writeFailover({ leader, ...(candidate === '' ? {} : { member: candidate }), scheduled_at: at });
      return text(202, 'Switchover scheduled');
    };
  }
  const refusal = precheck(cluster, kind, leader, candidate);
  if (refusal !== null) return text(412, refusal);
  return async (insteadTo) => {
    const from = cluster.leader;
    const asked = { ...(leader === '' ? {} : { leader }), ...(candidate === '' ? {} : { member: candidate }) };
    await cluster.writeFailover(asked);
    const heir = insteadTo ?? (candidate === '' ? cluster.anyReplica() : candidate);
    await (heir === null || heir === from ? cluster.writeFailover(null) : cluster.moveTo(heir));
    const now = cluster.leader;
    if (now === null || now === from) return text(503, `${title} failed`);
    const done = kind === 'switchover' ? 'switched over' : 'failed over';
    if (candidate === '' || now === candidate) return text(200, `Successfully ${done} to "${now}"`);
    return text(200, `${done.replace(/^./, (letter) => letter.toUpperCase())} to "${now}" instead of "${candidate}"`);
  };
}

function precheck(cluster: FakeCluster, kind: string, leader: string, candidate: string): string | null {
  if (leader !== '' && leader !== cluster.leader) return 'leader name does not match';
  if (candidate !== '') {
    if (!cluster.nodes.some((node) => node.name === candidate)) return 'candidate does not exists';
    if (cluster.node(candidate).fault.kind === 'down')
      return `${kind} is not possible: no good candidates have been found`;
    return null;
  }
  if (cluster.nodes.length < 2) return `${kind} is not possible: cluster does not have members except leader`;
  return cluster.anyReplica() === null ? `${kind} is not possible: no good candidates have been found` : null;
}

function checkSchedule(at: string, action: 'switchover' | 'restart', paused: boolean): Reply | null {
  if (paused) return text(action === 'restart' ? 500 : 400, `Can't schedule ${action} in the paused state`);
  const instant = Date.parse(at);
  if (Number.isNaN(instant))
    return text(422, 'Unable to parse scheduled timestamp. It should be in an unambiguous format, e.g. ISO 8601');
  if (!/(?:Z|[+-]\d\d:?\d\d)$/i.test(at))
    return text(400, `Timezone information is mandatory for the scheduled ${action}`);
  return instant < Date.now() ? text(422, `Cannot schedule ${action} in the past`) : null;
}

async function planCancel(cluster: FakeCluster): Promise<Plan> {
  await cluster.keys.refresh();
  if (word(cluster.failover?.scheduled_at) === '' || word(cluster.failover?.leader) === '')
    return text(404, 'no switchover is scheduled');
  return async () => {
    await cluster.writeFailover(null);
    return text(200, 'scheduled switchover deleted');
  };
}

async function planConfig(cluster: FakeCluster, request: UnsafeRequest): Promise<Plan> {
  if (request.contentLength === null) return html(411);
  const body = parseBody(request);
  if (body === null || Object.keys(body).length === 0) return html(400);
  return async () => {
    await cluster.keys.refresh();
    const value = request.method === 'PUT' ? body : merge(cluster.config, body);
    const changed = JSON.stringify(value) !== JSON.stringify(cluster.config);
    if (changed && !(await cluster.writeConfig(value, request.method === 'PUT' ? 'blind' : 'compared')))
      return html(409);
    // PUT only writes; a PATCH wakes the loop of the node that was asked, also when it changes nothing.
    if (request.method === 'PATCH') cluster.onWake?.();
    return text(200, JSON.stringify(value));
  };
}

/** As patroni.utils.patch_config: null removes, objects merge, equal texts are no change (40 and "40"). */
function merge(into: Readonly<Json>, from: Json): Json {
  const result: Json = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const before = result[key];
    if (value === null) delete result[key];
    else if (isObject(value) && isObject(before)) result[key] = merge(before, value);
    else if (String(before) !== String(value) || isObject(value)) result[key] = value;
  }
  return result;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const RESTART_KEYS = new Set(['schedule', 'role', 'postgres_version', 'timeout', 'restart_pending']);

async function planRestart(node: FakeNode, request: UnsafeRequest): Promise<Plan> {
  const body = parseBody(request);
  if (body === null) return html(400);
  const unknown = Object.keys(body).find((key) => !RESTART_KEYS.has(key));
  if (unknown !== undefined) return text(400, `Unknown filter for the scheduled restart: ${unknown}`);
  await node.cluster.keys.refresh();
  const at = word(body.schedule);
  if (at !== '') {
    const refusal = checkSchedule(at, 'restart', node.cluster.paused);
    if (refusal !== null) return refusal;
    if (node.scheduledRestart !== null) return text(409, 'Another restart is already scheduled');
    return async () => {
      node.scheduledRestart = body;
      await node.cluster.publish([`members/${node.name}`]);
      return text(202, 'Restart scheduled');
    };
  }
  // Presence counts, not value.
  if ('restart_pending' in body && !node.pendingRestart) return text(503, 'restart conditions are not satisfied');
  if (node.busy !== null) return text(503, `${node.busy} already in progress`);
  return async () => {
    await node.restart();
    return text(200, 'restarted successfully');
  };
}

async function planCancelRestart(node: FakeNode): Promise<Plan> {
  if (node.scheduledRestart === null) return text(404, 'no restarts are scheduled');
  return async () => {
    node.scheduledRestart = null;
    await node.cluster.publish([`members/${node.name}`]);
    return text(200, 'scheduled restart deleted');
  };
}

async function planReinitialize(node: FakeNode, request: UnsafeRequest): Promise<Plan> {
  const body = parseBody(request);
  if (body === null) return html(400);
  const { cluster } = node;
  await cluster.keys.refresh();
  if (cluster.leader === null) return text(503, 'Cluster has no leader, can not reinitialize');
  if (cluster.leader === node.name) return text(503, 'I am the leader, can not reinitialize');
  if (node.busy !== null && body.force !== true) return text(503, `${node.busy} already in progress`);
  return async () => {
    // Patroni answers at once and works on.
    node.reinitialize().catch(() => undefined);
    return text(200, 'reinitialize started');
  };
}
