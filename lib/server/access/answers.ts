// What handlers need of the door beyond the gate: rights of a preflight, the start of an action, a stream that ends with the
// session, and who I am.

import type { Approval, ApprovalDraft, ApproveOrder, MeAnswer, TakeOut } from '../../contract/access';
import type { ActionOrder } from '../../contract/actions';
import { BREAK_GLASS_REASON_MIN } from '../../contract/limits';
import type { QueryOf } from '../../contract/routes';
import type { Rights } from '../../domain/access/access';
import type { ActionRequest } from '../../domain/actions/action';
import { type Around, requiredKinds, secondPersonFor } from '../../domain/actions/consequences';
import { say } from '../../language/sentence';
import type { Started } from '../actions/executor';
import { callerOf, credentialsOf, gateFor, keyOf } from '../doorway';
import { peerOf } from '../edge/peer';
import { Refusal } from '../route';
import type { Runtime } from '../runtime';
import { openStream } from '../stream';
import { isOwing } from './caller';
import { claimsCookie, csrfOf, endCookie } from './cookie';
import type { Gate } from './gate';
import { hasFactor } from './user-store';

/** `?approval=<id>`: as the second person who decides on it. `?breakGlass=1`: without one. Policies of other clusters stay here. */
export async function rightsFor(
  current: Runtime,
  gate: Gate,
  { approval: id, breakGlass }: QueryOf<'POST /api/clusters/{scope}/preflight'>,
): Promise<Rights | null> {
  const as = (secondPerson: Rights['secondPerson']): Rights | null => {
    const rights = gate.rights(secondPerson);
    return rights === null ? null : { ...rights, policies: gate.policies };
  };
  if (id !== undefined && current.config.auth.kind !== 'none') {
    const refusal = await (await current.door()).approvals.refusalFor(id, gate.caller);
    return as(refusal === null ? 'approved' : 'to_ask');
  }
  const breaks = breakGlass === '1' && gate.caller.kind !== 'token' && gate.why('break_glass', null) === null;
  return as(breaks ? 'break_glass' : 'to_ask');
}

/** Written down first. What is refused is not asked of the journal. */
export async function takeOut(current: Runtime, scope: string, order: TakeOut, gate: Gate): Promise<void> {
  gate.require('take_out', scope);
  const { member, reason } = order;
  const roster = await current.roster();
  const why = roster.refusal(scope, member);
  if (why !== null) throw why;
  const { log } = await current.door();
  const { address } = gate.caller;
  const text =
    member === null
      ? say`${gate.name} said that ${scope} was removed: ${reason}`
      : say`${gate.name} said that ${member} was taken out of ${scope}: ${reason}`;
  await log.write(member === null ? 'cluster_removed' : 'member_taken_out', { actor: gate.name, address, scope, text });
  await roster.takeOut(scope, member);
  // So that whoever looks at the past of the cluster reads it too.
  await current
    .historyNow()
    ?.notes.add(scope, Date.now(), String(text), gate.name)
    .catch(() => undefined);
}

export async function startAction(current: Runtime, scope: string, order: ActionOrder, gate: Gate): Promise<Started> {
  gate.require(order.request.kind, scope);
  const { executor } = await current.actions();
  const around = await aroundOf(current, scope, order.request, gate);
  for (const kind of requiredKinds(order.request, around)) gate.require(kind, scope);
  const policies = gate.caller.kind === 'open' ? [] : current.config.approvals;
  const needed = secondPersonFor(policies, order.request, gate.target(scope), around);
  if (order.breakGlass !== true || needed === null) return executor.start(scope, order, gate.by());
  gate.require('break_glass', scope);
  if (gate.caller.kind === 'token')
    throw new Refusal('forbidden', say`a token cannot act without the second person: sign in with an account`);
  const { reason } = order;
  if (reason.length < BREAK_GLASS_REASON_MIN)
    throw new Refusal(
      'bad_request',
      say`expected a reason of at least ${BREAK_GLASS_REASON_MIN} characters to break the glass`,
    );
  const { log } = await current.door();
  const words = order.request.kind.replaceAll('_', ' ');
  const text = say`${gate.name} acted without the second person: ${words} on ${scope}; ${reason}`;
  await log.write('break_glass_action', { actor: gate.name, address: gate.caller.address, scope, text });
  return executor.start(scope, order, gate.by(reason));
}

/** What decides on its consequences, as it is now. The preflight asks again, with what is then. */
async function aroundOf(current: Runtime, scope: string, request: ActionRequest, gate: Gate): Promise<Around> {
  const asked = request.kind === 'edit_config' || (current.config.approvals.length > 0 && gate.caller.kind !== 'open');
  return asked ? (await current.newest(scope)).cluster : null;
}

export async function askApproval(
  current: Runtime,
  scope: string,
  draft: ApprovalDraft,
  gate: Gate,
): Promise<Approval> {
  gate.require(draft.request.kind, scope);
  const rights = gate.rights();
  // Not by a token: who made it for somebody else would be both persons.
  if (rights === null || gate.caller.kind !== 'user')
    throw new Refusal('refused', say`only somebody who signed in can ask for a second person`);
  const { approvals } = await current.door();
  const around = await aroundOf(current, scope, draft.request, gate);
  for (const kind of requiredKinds(draft.request, around)) gate.require(kind, scope);
  const needed = secondPersonFor(rights.policies, draft.request, gate.target(scope), around);
  if (needed === null) throw new Refusal('refused', say`no second person is needed for this on ${scope}`);
  const { policy } = needed;
  return approvals.ask({ scope, policy }, draft, gate.caller, rights, await current.actions());
}

/** The approver runs what was asked, if the one who asked still may. */
export async function approve(current: Runtime, id: string, order: ApproveOrder, gate: Gate) {
  const door = await current.door();
  const { scope, request } = await door.approvals.find(id);
  gate.require('approve', scope);
  for (const kind of requiredKinds(request, await aroundOf(current, scope, request, gate))) gate.require(kind, scope);
  const rights = gate.rights('approved');
  if (rights === null) throw new Refusal('refused', say`nobody has to sign in here: no second person is needed`);
  return door.approvals.approve(id, gate.caller, async (approval, askerId, as) => {
    const asker = askerId === null ? null : await door.users.byId(askerId);
    if (asker === null || asker.disabled)
      throw new Refusal('refused', say`${approval.askedBy} no longer has an account`);
    const { required } = current.config.auth.secondFactor;
    if (isOwing(required, { external: asker.kind === 'oidc', hasFactor: hasFactor(asker), grants: asker.grants }))
      throw new Refusal('refused', say`${approval.askedBy} has not set the second factor that their role demands`);
    const { executor } = await current.actions();
    const { token, confirmation, idempotencyKey } = order;
    const { reason } = approval;
    // The rights of both count: the check in the preflight is made with those of the one who asked.
    const by = as({ ...rights, grants: asker.grants });
    return (await executor.start(scope, { request, token, reason, confirmation, idempotencyKey }, by)).action.id;
  });
}

export async function me(
  current: Runtime,
  request: Request,
  gate: Gate,
): Promise<{ answer: MeAnswer; cookie: string | null }> {
  const { config } = current;
  const { kind, name, grants } = gate.caller;
  const { owesFactor } = gate.caller;
  const base = { kind, name, grants, owesFactor, policies: kind === 'open' || owesFactor ? [] : gate.policies };
  if (config.auth.kind === 'none')
    return {
      answer: {
        ...base,
        idleAt: null,
        expiresAt: null,
        unverifiedSince: null,
        totp: false,
        passkeys: 0,
        notices: [],
        external: false,
        directory: false,
        admins: [],
      },
      cookie: null,
    };
  const door = await current.door();
  const known = (await door.authenticate(credentialsOf(request, false)))?.known ?? null;
  const { sessionId } = gate.caller;
  // While the store is away there is no telling, and nobody new comes in.
  const told = kind === 'user' && sessionId !== null ? await door.log.toldAt(sessionId, Date.now()).catch(away) : [];
  const answer: MeAnswer = {
    ...base,
    admins: gate.admins,
    idleAt: known?.idleAt ?? null,
    expiresAt: known?.claims.expiresAt ?? null,
    unverifiedSince: known?.unverifiedSince ?? null,
    notices: told.map(({ at, text, address }) => ({ at, text, address })),
    totp: known?.claims.totp ?? false,
    passkeys: known?.claims.passkeys ?? 0,
    external: known?.claims.external ?? false,
    directory: known?.claims.directory ?? false,
  };
  const at = { name: door.cookie, publicUrl: config.publicUrl, keys: door.keys, now: Date.now() };
  const renew = known !== null && known.unverifiedSince === null && known.claims.kind === 'user';
  return { answer, cookie: renew ? await claimsCookie(known.claims, at) : null };
}

/** For the browser that asks, known by next-auth's cookie before anybody has signed in. */
export async function askAtDoor(current: Runtime, request: Request): Promise<Readonly<Record<string, unknown>>> {
  const door = await current.door();
  const cookie = csrfOf(request.headers.get('cookie'), door.cookie);
  if (current.config.auth.kind === 'none' || door.passkeys.rpId === null || cookie === null)
    throw new Refusal('refused', say`no passkey can sign in here`);
  return { ...(await door.passkeys.request(`door:${cookie}`, null)) };
}

/** By its name: the runtime's class is another one than this module graph's. */
function away(error: unknown): readonly [] {
  if (error instanceof Error && error.name === 'StoreAway') return [];
  throw error;
}

export function endedCookie(current: Runtime, cookie: string): string {
  return endCookie(cookie, current.config.publicUrl);
}

/** Frames of what the caller may see; it ends within seconds of the session, the token, or a change of rights. */
export async function openStreamFor(
  current: Runtime,
  request: Request,
  scopes: ReadonlySet<string>,
  gate: Gate,
): Promise<ReadableStream<Uint8Array> | null> {
  if (current.config.auth.kind === 'none') return openStream(current.feed, scopes, request.signal);
  const end = current.limits.openStream({ caller: keyOf(gate.caller), peer: peerOf(request) });
  if (end === null) return null;
  const credentials = credentialsOf(request, false);
  const before = JSON.stringify(gate.caller.grants);
  const isStill = async (): Promise<boolean> => {
    const found = await callerOf(current, credentials);
    return found !== null && !found.caller.owesFactor && JSON.stringify(found.caller.grants) === before;
  };
  const live = await gateFor(current, gate.caller);
  const seen = new Set([...scopes].filter((scope) => live.sees(scope)));
  const sees = live.seesAll ? {} : { sees: (scope: string) => live.sees(scope) };
  const stream = openStream(current.feed, seen, request.signal, { ...sees, isStill, onEnd: end });
  if (stream === null) end();
  return stream;
}
