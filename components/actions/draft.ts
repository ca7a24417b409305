// What is being filled in: a request that may still lack something. Pure. An instant that is chosen by its distance is fixed
// when it is chosen, so that the request stays the same while it is looked at.
import { fromLocalInput } from '@/lib/client/actions/times';
import { t } from '@/lib/client/words/text';
import type { ActionKind } from '@/lib/domain/action-kind';
import type { ActionRequest, RequestOf } from '@/lib/domain/actions/action';
import type { Snapshot } from '@/lib/domain/cluster';
import type { Work } from '@/lib/domain/maintenance-note';

export type PauseEnd = 'none' | 'half_hour' | 'two_hours' | 'at';

export interface Draft {
  readonly kind: ActionKind;
  /** undefined: not chosen yet; null: Patroni chooses. */
  readonly candidate: string | null | undefined;
  readonly members: readonly string[];
  readonly when: 'now' | 'later';
  /** A `datetime-local` value. */
  readonly at: string;
  readonly onlyPending: boolean;
  readonly pausePools: boolean;
  readonly timeout: string;
  readonly owner: string;
  readonly end: PauseEnd;
  readonly until: number | null;
  readonly autoResume: boolean;
  readonly fromLeader: boolean;
  readonly force: boolean;
  readonly override: boolean;
  readonly host: string;
  readonly port: string;
  readonly restoreCommand: string;
  readonly primarySlotName: string;
  readonly edit: RequestOf<'edit_config'> | null;
  readonly session: RequestOf<'end_session'> | null;
  readonly maintenance: RequestOf<'maintenance'> | null;
  readonly work: Work;
  readonly minutes: string;
}

const EMPTY: Omit<Draft, 'kind'> = {
  candidate: undefined,
  members: [],
  when: 'now',
  at: '',
  onlyPending: false,
  pausePools: false,
  timeout: '',
  owner: '',
  end: 'none',
  until: null,
  autoResume: false,
  fromLeader: false,
  force: false,
  override: false,
  host: '',
  port: '',
  restoreCommand: '',
  primarySlotName: '',
  edit: null,
  session: null,
  maintenance: null,
  work: 'kernel',
  minutes: '',
};

/** `atText`: the instant of a scheduled request as local input, where it has one. */
export function draftOf(request: ActionRequest, atText: string): Draft {
  const draft: Draft = { ...EMPTY, kind: request.kind, at: atText };
  switch (request.kind) {
    case 'switchover':
      return {
        ...draft,
        candidate: request.candidate ?? undefined,
        when: request.scheduledAt === null ? 'now' : 'later',
        pausePools: request.pausePools === true,
      };
    case 'failover':
      return { ...draft, candidate: request.candidate === '' ? undefined : request.candidate };
    case 'restart':
      return {
        ...draft,
        members: request.members,
        onlyPending: request.onlyPending,
        when: request.scheduledAt === null ? 'now' : 'later',
        timeout: request.timeoutSeconds === null ? '' : String(request.timeoutSeconds),
      };
    case 'rolling_restart':
      return { ...draft, onlyPending: request.onlyPending, pausePools: request.pausePools === true };
    case 'reload':
      return { ...draft, members: request.members };
    case 'cancel_restart':
      return { ...draft, members: request.member === '' ? [] : [request.member] };
    case 'reinitialize':
      return {
        ...draft,
        members: request.member === '' ? [] : [request.member],
        fromLeader: request.fromLeader,
        force: request.force,
        override: request.override,
      };
    case 'pause':
      return {
        ...draft,
        owner: request.owner ?? '',
        end: request.until === null ? 'none' : 'at',
        until: request.until,
        autoResume: request.autoResume,
      };
    case 'demote_cluster':
      return {
        ...draft,
        host: request.host ?? '',
        port: request.port === null ? '' : String(request.port),
        restoreCommand: request.restoreCommand ?? '',
        primarySlotName: request.primarySlotName ?? '',
      };
    case 'edit_config':
      return { ...draft, edit: request };
    case 'end_session':
      return { ...draft, session: request };
    case 'maintenance':
      return {
        ...draft,
        maintenance: request,
        members: request.plan?.members ?? [],
        work: request.plan?.work ?? 'kernel',
        minutes: String(request.plan?.minutes ?? ''),
      };
    default:
      return draft;
  }
}

/** Either the whole request, or what the button says instead. */
export type Asked =
  | { readonly request: ActionRequest; readonly missing: null }
  | { readonly request: null; readonly missing: string };

const lacks = (missing: string): Asked => ({ request: null, missing });
const whole = (request: ActionRequest): Asked => ({ request, missing: null });

export function askedBy(draft: Draft): Asked {
  const time = draft.when === 'later' ? fromLocalInput(draft.at) : null;
  const noTime = draft.when === 'later' && time === null;
  const scheduledAt = time?.iso ?? null;
  const [member] = draft.members;
  // Patroni begins a scheduled one by itself.
  const pools = draft.pausePools && draft.when === 'now' ? { pausePools: true } : {};
  switch (draft.kind) {
    case 'switchover':
      if (draft.candidate === undefined) return lacks(t('Choose a candidate'));
      if (noTime) return lacks(t('Choose a time'));
      return whole({ kind: 'switchover', candidate: draft.candidate, scheduledAt, ...pools });
    case 'failover':
      if (draft.candidate === undefined || draft.candidate === null) return lacks(t('Choose a candidate'));
      return whole({ kind: 'failover', candidate: draft.candidate });
    case 'pause': {
      const until = draft.end === 'at' ? (fromLocalInput(draft.at)?.at ?? null) : draft.until;
      if (draft.end === 'at' && until === null) return lacks(t('Choose when it ends'));
      const owner = draft.owner.trim();
      return whole({
        kind: 'pause',
        owner: owner === '' ? null : owner,
        until: draft.end === 'none' ? null : until,
        autoResume: draft.end !== 'none' && draft.autoResume,
      });
    }
    case 'restart': {
      if (draft.members.length === 0) return lacks(t('Choose members'));
      if (noTime) return lacks(t('Choose a time'));
      const timeout = draft.timeout.trim() === '' ? null : Number(draft.timeout);
      if (timeout !== null && !(Number.isInteger(timeout) && timeout > 0))
        return lacks(t('The limit must be whole seconds'));
      return whole({
        kind: 'restart',
        members: draft.members,
        onlyPending: draft.onlyPending,
        scheduledAt,
        timeoutSeconds: timeout,
      });
    }
    case 'reload':
      return draft.members.length === 0
        ? lacks(t('Choose members'))
        : whole({ kind: 'reload', members: draft.members });
    case 'cancel_restart':
      return member === undefined ? lacks(t('Choose a member')) : whole({ kind: 'cancel_restart', member });
    case 'reinitialize':
      if (member === undefined) return lacks(t('Choose a member'));
      return whole({
        kind: 'reinitialize',
        member,
        fromLeader: draft.fromLeader,
        force: draft.force,
        override: draft.override,
      });
    case 'rolling_restart':
      return whole({ kind: 'rolling_restart', onlyPending: draft.onlyPending, ...pools });
    case 'demote_cluster': {
      const port = draft.port.trim() === '' ? null : Number(draft.port);
      if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65536))
        return lacks(t('The port must be a number'));
      const text = (value: string): string | null => (value.trim() === '' ? null : value.trim());
      return whole({
        kind: 'demote_cluster',
        host: text(draft.host),
        port,
        restoreCommand: text(draft.restoreCommand),
        primarySlotName: text(draft.primarySlotName),
      });
    }
    case 'end_session':
      return draft.session === null ? lacks(t('Choose a session')) : whole(draft.session);
    case 'maintenance': {
      if (draft.maintenance === null) return lacks(t('Choose members'));
      if (draft.maintenance.step !== 'begin') return whole(draft.maintenance);
      if (draft.members.length === 0) return lacks(t('Choose members'));
      const minutes = Number(draft.minutes);
      if (!(Number.isInteger(minutes) && minutes >= 1 && minutes <= 2880))
        return lacks(t('The time out must be 1 to 2880 whole minutes'));
      return whole({ ...draft.maintenance, plan: { members: draft.members, work: draft.work, minutes } });
    }
    case 'edit_config':
      return draft.edit === null ? lacks(t('Nothing to save')) : whole(draft.edit);
    case 'cancel_switchover':
    case 'resume':
    case 'promote_cluster':
      return whole({ kind: draft.kind });
  }
}

/** Who could be chosen is judged before anybody is: with the first candidate, of whom nothing else is shown. null: no need. */
export function probeOf(draft: Draft, snapshot: Snapshot | undefined): ActionRequest | null {
  if (draft.candidate !== undefined) return null;
  const [first] = snapshot?.readiness.candidates ?? [];
  if (draft.kind === 'switchover') return { kind: 'switchover', candidate: first?.member ?? null, scheduledAt: null };
  if (draft.kind === 'failover' && first !== undefined) return { kind: 'failover', candidate: first.member };
  return null;
}
