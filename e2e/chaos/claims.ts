// What viewers were told, frame by frame, taken apart into what can be checked. It reads the wire and judges nothing. Times are of the
// clock of this process: what Howdah's own clock says is converted by what it said about itself.

/** `stopped`: told as not writable. */
export type ClaimKind = 'writable' | 'stopped' | 'leader' | 'streaming';

export interface Claim {
  readonly what: ClaimKind;
  /** null: of the cluster. */
  readonly member: string | null;
  /** As of when it was said to be so. */
  readonly observedAt: number;
  readonly receivedAt: number;
  readonly told: 'row' | 'snapshot';
}

/** A finding, or the cause (without members). */
export interface Told {
  readonly code: string;
  readonly members: readonly string[];
  readonly loud: boolean;
}

export interface Telling {
  readonly receivedAt: number;
  readonly observedAt: number;
  readonly staleAfterMs: number;
  readonly told: readonly Told[];
}

/** An action as it was last told. */
export interface ToldAction {
  readonly id: string;
  readonly kind: string;
  readonly phase: string;
  readonly outcome: string | null;
  readonly lost: string | null;
  readonly timelineBefore: number | null;
  readonly leaderAfter: string | null;
  readonly candidate: string | null;
  readonly receivedAt: number;
}

export interface Heard {
  readonly claims: readonly Claim[];
  readonly telling: Telling | null;
  readonly actions: readonly ToldAction[];
  /** What Howdah's clock said, in a frame that says so. */
  readonly serverNow: number | null;
}

interface WireRow {
  readonly scope: string;
  readonly writable: boolean | null;
  readonly leader: { readonly name: string; readonly known: boolean; readonly observedAt: number } | null;
  readonly observedAt: number | null;
}

interface WireMember {
  readonly name: string;
  readonly silent: boolean;
  readonly observedAt: number | null;
  readonly replication: { readonly kind: string; readonly by?: string };
  readonly stages: { readonly observedAt: number } | null;
}

interface WireSnapshot {
  readonly observedAt: number;
  readonly staleAfterMs: number;
  readonly cluster: {
    readonly writable: boolean | null;
    readonly leader: WireRow['leader'];
    readonly members: readonly WireMember[];
  };
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly members: readonly string[];
  }[];
  readonly cause: { readonly code: string; readonly severity: string } | null;
}

interface WireAction {
  readonly id: string;
  readonly phase: string;
  readonly outcome: string | null;
  readonly lost?: string;
  readonly request: { readonly kind: string; readonly candidate?: string | null; readonly scheduledAt?: string | null };
  readonly before: { readonly timeline: number | null };
  readonly after: { readonly leader: string | null } | null;
}

interface WireFrame {
  readonly kind: string;
  readonly server?: { readonly now: number };
  readonly rows?: readonly WireRow[];
  readonly snapshot?: WireSnapshot;
  readonly action?: WireAction;
}

/** `aheadMs`: Howdah's clock minus ours. */
export function hear(data: string, receivedAt: number, aheadMs: number, scope: string): Heard {
  const frame = JSON.parse(data) as WireFrame;
  const ours = (at: number): number => at - aheadMs;
  const claims: Claim[] = [];
  const claim = (what: ClaimKind, member: string | null, at: number, told: Claim['told']): void =>
    void claims.push({ what, member, observedAt: ours(at), receivedAt, told });
  for (const row of frame.rows ?? []) {
    if (row.scope !== scope) continue;
    const at = row.observedAt;
    if (at !== null && row.writable !== null) claim(row.writable ? 'writable' : 'stopped', null, at, 'row');
    if (row.leader?.known === true) claim('leader', row.leader.name, row.leader.observedAt, 'row');
  }
  const { snapshot, action } = frame;
  if (snapshot !== undefined) {
    const { leader, members, writable } = snapshot.cluster;
    const holder = members.find(({ name }) => name === leader?.name);
    if (writable === true && holder?.observedAt != null) claim('writable', null, holder.observedAt, 'snapshot');
    if (leader?.known === true) claim('leader', leader.name, leader.observedAt, 'snapshot');
    for (const { name, silent, observedAt, replication, stages } of members) {
      if (replication.kind !== 'streaming' || silent || observedAt === null) continue;
      const at = replication.by === 'walsender' ? Math.min(observedAt, stages?.observedAt ?? observedAt) : observedAt;
      claim('streaming', name, at, 'snapshot');
    }
  }
  return {
    claims,
    telling: snapshot === undefined ? null : tellingOf(snapshot, receivedAt, ours(snapshot.observedAt)),
    actions: action === undefined ? [] : [toldAction(action, receivedAt)],
    serverNow: frame.server?.now ?? null,
  };
}

function tellingOf(snapshot: WireSnapshot, receivedAt: number, observedAt: number): Telling {
  const { findings, cause, staleAfterMs } = snapshot;
  const told = findings.map(({ code, members, severity }) => ({ code, members, loud: severity !== 'note' }));
  if (cause !== null) told.push({ code: cause.code, members: [], loud: cause.severity !== 'note' });
  return { receivedAt, observedAt, staleAfterMs, told };
}

function toldAction({ id, phase, outcome, lost, request, before, after }: WireAction, receivedAt: number): ToldAction {
  const isNow = request.kind === 'switchover' && request.scheduledAt == null;
  return {
    ...{ id, kind: request.kind, phase, outcome, lost: lost ?? null, receivedAt },
    timelineBefore: before.timeline,
    leaderAfter: after?.leader ?? null,
    candidate: isNow ? (request.candidate ?? null) : null,
  };
}
