// Incidents for tests: a scripted afternoon of one cluster, in the words that diff, /history and the audit use. Only tests import it.

import type { ActionRecord, ActionRequest } from '../../domain/actions/action';
import type { FindingCode } from '../../domain/cluster';
import type { ClusterEvent, EventKind } from '../../domain/events';
import type { Incident, Leadership, Note } from '../../domain/incident/incident';
import { findingSpans } from '../../domain/incident/spans';
import type { Severity } from '../../domain/severity';
import { formatSeconds, measured } from '../../language/quantity';
import { isSentence, say, type Text } from '../../language/sentence';

/** 2026-11-20 14:00:00 UTC. */
export const START = Date.UTC(2026, 10, 20, 14);
/** `at('05:12')`: minutes and seconds after 14:00. */
export function at(clock: string): number {
  const [minutes = '0', seconds = '0'] = clock.split(':');
  return START + Number(minutes) * 60_000 + Number(seconds) * 1000;
}

interface EventSpec {
  readonly member?: string | null;
  readonly members?: readonly string[];
  readonly severity?: Severity;
  readonly code?: FindingCode;
  readonly by?: ClusterEvent['by'];
  readonly notBefore?: number;
}

export function event(clock: string, kind: EventKind, text: Text, spec: EventSpec = {}): ClusterEvent {
  const member = spec.member ?? null;
  return {
    id: `${clock}/${kind}/${text}`,
    at: at(clock),
    by: spec.by ?? 'seen',
    notBefore: spec.notBefore ?? null,
    kind,
    severity: spec.severity ?? null,
    member,
    code: spec.code ?? null,
    members: spec.members ?? (member === null ? [] : [member]),
    text,
  };
}

export function raised(
  clock: string,
  code: FindingCode,
  severity: Severity,
  title: Text,
  member?: string,
): ClusterEvent {
  return event(clock, 'finding_raised', title, { code, severity, member: member ?? null });
}

export function cleared(clock: string, code: FindingCode, title: Text, member?: string): ClusterEvent {
  return event(clock, 'finding_cleared', isSentence(title) ? say`over: ${title}` : `over: ${title}`, {
    code,
    member: member ?? null,
  });
}

export function leadership(
  timeline: number,
  leader: string,
  clock: string,
  spec: Partial<Leadership> = {},
): Leadership {
  return {
    timeline,
    leader,
    startedAt: at(clock),
    endedAt: null,
    forkLsn: '0/5000148',
    current: false,
    cause: 'automatic',
    actor: null,
    actionId: null,
    reason: 'no recovery target specified',
    outageMs: null,
    ...spec,
  };
}

export function action(
  id: string,
  request: ActionRequest,
  from: string,
  to: string | null,
  spec: Partial<ActionRecord> = {},
): ActionRecord {
  const moment = {
    leader: 'n1',
    timeline: 4,
    paused: false,
    configRevision: '7',
    scheduledAt: null,
    members: [],
    config: null,
  };
  return {
    id,
    scope: 'orders',
    request,
    actor: 'm.keller',
    reason: 'maintenance of the rack',
    idempotencyKey: `key-${id}`,
    requestedAt: at(from),
    phase: to === null ? 'open' : 'closed',
    bound: {
      scope: 'orders',
      source: 'test',
      systemIdentifier: '1',
      leader: 'n1',
      timeline: 4,
      failoverRevision: '0',
      syncRevision: '0',
      configRevision: '7',
      configDigest: null,
      members: ['n1', 'n2', 'n3'],
    },
    way: 'dcs',
    wake: 'patch',
    revision: '100',
    sentAt: at(from) + 100,
    steps: [],
    seen: [],
    progress: null,
    outage: null,
    expectedOutage: null,
    before: { ...moment, at: at(from) },
    after: to === null ? null : { ...moment, at: at(to) },
    outcome: to === null ? null : 'done',
    outcomeText: to === null ? null : 'done as asked',
    differs: [],
    checks: [],
    closedAt: to === null ? null : at(to),
    recovered: false,
    ...spec,
  };
}

export function note(id: string, clock: string, text: string, spec: Partial<Note> = {}): Note {
  return {
    id,
    scope: 'orders',
    at: at(clock),
    text,
    actor: 'a.ivanova',
    writtenAt: at(clock),
    withdrawnAt: null,
    ...spec,
  };
}

/** `spec.findings` are made of the events where they are not given. */
export function incident(spec: Partial<Incident>): Incident {
  const [from, to] = [spec.from ?? at('00:00'), spec.to ?? at('60:00')];
  const times = Array.from({ length: 60 }, (_, index) => from + index * ((to - from) / 60));
  const made: Incident = {
    scope: 'orders',
    from,
    to,
    madeAt: at('61:00'),
    before: null,
    after: null,
    events: [],
    eventsCut: false,
    findings: [],
    actions: [],
    leadership: [],
    history: {
      from,
      to,
      stepMs: (to - from) / 60,
      times,
      members: {
        n2: { replayBytes: times.map((_, index) => (index % 20 === 7 ? null : index * 1000)) },
        n3: { replayBytes: times.map((_, index) => (index > 40 && index < 46 ? null : 400 + index)) },
      },
      walBytesPerSecond: times.map((_, index) => (index > 40 && index < 46 ? null : 2048 + index)),
      health: times.map(() => 'ok' as const),
      leader: times.map(() => 'n1'),
      keptFrom: from - 86_400_000,
    },
    notes: [],
    blind: [],
    problem: null,
    ...spec,
  };
  return { ...made, findings: spec.findings ?? findingSpans(made) };
}

const SWITCHOVER = action('A1', { kind: 'switchover', candidate: 'n2', scheduledAt: null }, '05:00', '05:06', {
  steps: [
    {
      key: 'requested',
      title: say`Write /failover`,
      detail: say`revision ${100}`,
      state: 'done',
      reachedAt: at('05:00'),
      expectedAtMs: null,
    },
    {
      key: 'released',
      title: 'n1 gives up the leader key',
      detail: null,
      state: 'done',
      reachedAt: at('05:02'),
      expectedAtMs: null,
    },
    {
      key: 'promoted',
      title: 'n2 is a primary',
      detail: null,
      state: 'done',
      reachedAt: at('05:03'),
      expectedAtMs: null,
    },
  ],
  after: { ...action('x', { kind: 'resume' }, '0', '1').before, leader: 'n2', timeline: 5 },
  outage: { ms: 1300, by: 'probe', precisionMs: 50, lastWritableAt: at('05:01'), writableAgainAt: at('05:01') + 1300 },
  outcomeText: say`${'n2'} leads on timeline ${5}`,
});

/** Switchover, failover by kill, pause, configuration, paused replay, a member lost while nobody watched. */
export function afternoon(): Incident {
  return incident({
    events: [
      event('05:02', 'leader_lost', say`${'n1'} lost the leader key, nobody holds it`, { member: 'n1' }),
      event('05:02', 'state_changed', say`${'n1'}: ${'running'} to ${'stopping'}`, { member: 'n1' }),
      event('05:03', 'leader_changed', say`${'n2'} leads`, { member: 'n2' }),
      event('05:03', 'timeline_changed', say`timeline ${4} to ${5}`, { member: 'n2' }),
      event('05:03', 'role_changed', say`PostgreSQL on ${'n2'}: ${'replica'} to ${'primary'}`, { member: 'n2' }),
      event('05:04', 'role_changed', say`PostgreSQL on ${'n1'}: ${'primary'} to ${'replica'}`, { member: 'n1' }),
      event('05:05', 'state_changed', say`${'n1'}: ${'stopping'} to ${'starting'}`, { member: 'n1' }),
      event('05:08', 'state_changed', say`${'n1'}: ${'starting'} to ${'running'}`, { member: 'n1' }),
      event('05:09', 'state_changed', say`${'n3'}: ${'streaming'} to ${'running'}`, { member: 'n3' }),
      event('05:11', 'state_changed', say`${'n3'}: ${'running'} to ${'streaming'}`, { member: 'n3' }),
      event('10:00', 'member_silent', say`${'n2'} stopped answering`, { member: 'n2' }),
      raised('10:04', 'member_unreachable', 'critical', say`${'n2'} does not answer: it holds the leader key`, 'n2'),
      event('10:30', 'leader_lost', say`${'n2'} lost the leader key, nobody holds it`, { member: 'n2' }),
      event('10:31', 'leader_changed', say`${'n3'} leads`, { member: 'n3' }),
      event('10:32', 'role_changed', say`PostgreSQL on ${'n3'}: ${'replica'} to ${'primary'}`, { member: 'n3' }),
      event('10:32', 'timeline_changed', 'timeline 5 to 6: n3 leads', { member: 'n3', by: 'history' }),
      raised('10:35', 'replica_not_streaming', 'warning', say`${'n1'} does not stream`, 'n1'),
      cleared('10:47', 'replica_not_streaming', say`${'n1'} does not stream`, 'n1'),
      event('12:00', 'member_answers', say`${'n2'} answers again`, { member: 'n2' }),
      cleared('12:00', 'member_unreachable', say`${'n2'} has not answered for ${formatSeconds(120)}`, 'n2'),
      event('15:00', 'paused', say`paused: no automatic failover`),
      raised('15:00', 'paused', 'warning', say`Paused: no automatic failover`),
      event('20:00', 'resumed', say`resumed`),
      cleared('20:00', 'paused', say`Paused for ${formatSeconds(300)}: no automatic failover`),
      event('22:00', 'config_changed', say`dynamic configuration changed: ${'ttl'}`),
      event('25:00', 'replay_paused', say`replay paused on ${'n1'}`, { member: 'n1' }),
      raised('25:01', 'replay_paused', 'warning', say`Replay is paused on ${'n1'}`, 'n1'),
      event('28:00', 'replay_resumed', say`replay resumed on ${'n1'}`, { member: 'n1' }),
      cleared('28:01', 'replay_paused', say`Replay is paused on ${'n1'}`, 'n1'),
      event('43:00', 'member_left', say`${'n1'} left the member list`, {
        member: 'n1',
        by: 'gap',
        notBefore: at('40:00'),
      }),
      raised('50:00', 'lag_high', 'warning', say`${'n2'} is ${measured(20.5, 'MiB')} behind`, 'n2'),
      cleared('55:00', 'lag_high', say`${'n2'} is ${measured(20.5, 'MiB')} behind`, 'n2'),
    ],
    actions: [
      SWITCHOVER,
      action('A2', { kind: 'pause', owner: null, until: null, autoResume: false }, '15:00', '15:02'),
    ],
    leadership: [
      leadership(4, 'n1', '-600:00', { cause: 'bootstrap', endedAt: at('05:03') }),
      leadership(5, 'n2', '05:03', {
        cause: 'switchover',
        actor: 'm.keller',
        actionId: 'A1',
        outageMs: 1300,
        endedAt: at('10:31'),
      }),
      leadership(6, 'n3', '10:31', { current: true }),
    ],
    notes: [
      note('N1', '11:00', 'Power of rack 4 was cut.\nTicket 4711.'),
      note('N2', '13:00', 'Wrong rack.', { withdrawnAt: at('14:00') }),
    ],
    blind: [{ from: at('40:00'), to: at('43:00') }],
  });
}
