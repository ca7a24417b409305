// A maintenance under way: members are taken out one by one by a person at the host, each proved before the next. Howdah sends nothing for
// it but the switchover, an action of its own; what it keeps is this note, made from the records of the presses and from nothing else. It
// is no open action, because one that waits for a person for hours would keep everybody from a failover meanwhile. Pure.

/** What is done at the host: it decides which commands are shown and what must have changed. */
export const WORKS = ['kernel', 'postgresql', 'patroni', 'other'] as const;
export type Work = (typeof WORKS)[number];

/** One press. */
export interface MaintenanceRequest {
  readonly kind: 'maintenance';
  /** `out`: a person is about to stop it; `back`: it is proved to be well again; `end`: whatever is left is left. */
  readonly step: 'begin' | 'out' | 'back' | 'end';
  /** Whom `out` and `back` are about; else null. */
  readonly member: string | null;
  /** What `begin` begins; else null. */
  readonly plan: { readonly members: readonly string[]; readonly work: Work; readonly minutes: number } | null;
}

export interface MaintenanceMember {
  readonly name: string;
  readonly state: 'waiting' | 'out' | 'done';
  readonly outAt: number | null;
  readonly outBy: string | null;
  readonly backAt: number | null;
  readonly backBy: string | null;
  /** As it was when it was taken out; null: not taken out yet. */
  readonly before: {
    readonly startedAt: number | null;
    readonly postgres: string | null;
    readonly patroni: string | null;
  } | null;
}

export interface MaintenanceNote {
  /** The action that began it. */
  readonly actionId: string;
  readonly by: string;
  readonly reason: string;
  readonly beganAt: number;
  readonly work: Work;
  /** How long each may be out before it is told like any other. */
  readonly minutes: number;
  readonly systemIdentifier: string | null;
  /** In order; whoever leads comes last, whoever that is by then. */
  readonly members: readonly MaintenanceMember[];
}

/** At most one: the others have to carry the cluster. */
export function outOf(note: MaintenanceNote | null | undefined): MaintenanceMember | null {
  return note?.members.find(({ state }) => state === 'out') ?? null;
}

export function overdueAt(note: MaintenanceNote, member: MaintenanceMember): number | null {
  return member.outAt === null ? null : member.outAt + note.minutes * 60_000;
}

/** Who is away on purpose and within the time: its silence is no news. A leader is never, however it came to lead. */
export function awayOnPurpose(
  {
    maintenance,
    leader,
  }: { readonly maintenance?: MaintenanceNote | undefined; readonly leader: { readonly name: string } | null },
  now: number,
): MaintenanceMember | null {
  const out = outOf(maintenance);
  if (maintenance == null || out === null || leader?.name === out.name) return null;
  return now < (overdueAt(maintenance, out) ?? 0) ? out : null;
}

export type NextStep =
  | { readonly kind: 'take_out'; readonly member: string }
  | { readonly kind: 'wait'; readonly member: MaintenanceMember }
  | { readonly kind: 'hand_over'; readonly from: string };

/** What comes next; null: nothing is left. */
export function nextStep(note: MaintenanceNote, leader: string | null): NextStep | null {
  const out = outOf(note);
  if (out !== null) return { kind: 'wait', member: out };
  const waiting = note.members.filter(({ state }) => state === 'waiting').map(({ name }) => name);
  const next = waiting.find((name) => name !== leader);
  if (next !== undefined) return { kind: 'take_out', member: next };
  return waiting[0] === undefined ? null : { kind: 'hand_over', from: waiting[0] };
}

/** For the fleet, a wall and a phone. */
export interface MaintenanceBrief {
  readonly out: string | null;
  readonly done: number;
  readonly total: number;
}

export function briefOf(note: MaintenanceNote): MaintenanceBrief {
  const done = note.members.filter(({ state }) => state === 'done').length;
  return { out: outOf(note)?.name ?? null, done, total: note.members.length };
}
