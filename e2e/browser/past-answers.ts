// What the routes of the past would answer for a recorded cluster, made from its snapshot: for specs of the screens. The routes
// themselves are proved elsewhere.
import type { Page } from '@playwright/test';
import type {
  ClusterEvent,
  HistoryAnswer,
  Leadership,
  LeadershipAnswer,
  MemberSeries,
  MomentAnswer,
  ScopedEvent,
} from '../../lib/contract/history';
import { PATHS } from '../../lib/contract/paths';
import type { HealthAnswer } from '../../lib/contract/stream';
import type { Snapshot } from '../../lib/domain/cluster';

const MINUTE = 60_000;
const MiB = 1024 * 1024;

export interface PastOptions {
  /** Everything is told as of then. */
  readonly now: number;
  /** Oldest that is kept; before it the past has nothing. */
  readonly keptFrom: number;
  /** Howdah did not watch between these. */
  readonly blind?: { readonly from: number; readonly to: number };
  readonly problem?: string;
  readonly covered?: boolean;
}

function event(
  at: number,
  id: string,
  part: Partial<ClusterEvent> & Pick<ClusterEvent, 'kind' | 'text'>,
): ClusterEvent {
  return { id, at, by: 'seen', notBefore: null, severity: null, member: null, code: null, members: [], ...part };
}

/** Half an hour of a cluster that ended at `end`, newest first. */
export function pastEvents(end: number): readonly ClusterEvent[] {
  const ago = (minutes: number): number => Math.round((end - minutes * MINUTE) / 1000) * 1000;
  return [
    event(ago(2), 'e9', {
      kind: 'finding_raised',
      text: 'Replay is paused on n3',
      severity: 'warning',
      code: 'replay_paused',
      member: 'n3',
      members: ['n3'],
    }),
    event(ago(2.1), 'e8', { kind: 'replay_paused', text: 'replay paused on n3', member: 'n3', members: ['n3'] }),
    event(ago(6), 'e7', { kind: 'config_changed', text: 'dynamic configuration changed: ttl' }),
    event(ago(10), 'e6', { kind: 'timeline_changed', text: 'timeline 1 to 2', member: 'n1', members: ['n1'] }),
    event(ago(10), 'e5', { kind: 'leader_changed', text: 'n1 leads, after n2', member: 'n1', members: ['n1'] }),
    event(ago(10.1), 'e4', {
      kind: 'leader_lost',
      text: 'n2 lost the leader key, nobody holds it',
      member: 'n2',
      members: ['n2'],
    }),
    event(ago(25), 'e3', { kind: 'paused', text: 'paused: no automatic failover', by: 'gap', notBefore: ago(28) }),
    event(ago(90), 'e2', { kind: 'leader_changed', text: 'n2 leads', by: 'history', member: 'n2', members: ['n2'] }),
  ];
}

function historyOf(snapshot: Snapshot, from: number, to: number, options: PastOptions): HistoryAnswer {
  const buckets = 150;
  const stepMs = Math.max(1000, Math.round((to - from) / buckets));
  const times = Array.from({ length: buckets }, (_, index) => from + index * stepMs);
  const { blind, keptFrom, problem } = options;
  const seen = (at: number): boolean => at >= keptFrom && (blind === undefined || at < blind.from || at > blind.to);
  const lag = (at: number, member: number, paused: boolean): number =>
    paused ? Math.max(0, Math.min(1, (at - (to - 5 * MINUTE)) / (5 * MINUTE))) * 20.5 * MiB + 4000 : 500 + 400 * member;
  const series = (index: number, paused: boolean, receive: boolean): MemberSeries => {
    const values = times.map((at) => (seen(at) ? lag(at, index, paused && !receive) : null));
    const none = times.map(() => null);
    return { replayBytes: values, receiveBytes: values, replaySeconds: none, timeline: none, state: none };
  };
  const replicas = snapshot.cluster.members.filter((member) => member.name !== snapshot.cluster.leader?.name);
  return {
    scope: snapshot.scope,
    from,
    to,
    stepMs,
    level: 'full',
    times,
    members: Object.fromEntries(
      replicas.map((member, index) => {
        const drawn = series(index, index === replicas.length - 1, false);
        return [member.name, { ...drawn, receiveBytes: series(index, false, true).receiveBytes }];
      }),
    ),
    walBytesPerSecond: times.map((at, index) => (seen(at) ? (1 + (index % 7) / 7) * MiB : null)),
    health: times.map((at) => (seen(at) ? 'ok' : null)),
    leader: times.map((at) => (seen(at) ? (snapshot.cluster.leader?.name ?? null) : null)),
    events: pastEvents(options.now).filter((one) => one.at >= from && one.at <= to),
    eventsCut: false,
    keptFrom,
    problem: problem ?? null,
  };
}

function momentOf(snapshot: Snapshot, at: number, options: PastOptions): MomentAnswer {
  const events = pastEvents(options.now);
  return {
    scope: snapshot.scope,
    at,
    snapshot: shifted(snapshot, at - 5000),
    covered: options.covered ?? true,
    previous: events.find((one) => one.at < at) ?? null,
    next: events.findLast((one) => one.at > at) ?? null,
    keptFrom: options.keptFrom,
    problem: null,
  };
}

/** The same snapshot as of another moment: every instant in it moves along. */
function shifted(snapshot: Snapshot, observedAt: number): Snapshot {
  const by = observedAt - snapshot.observedAt;
  return JSON.parse(
    JSON.stringify(snapshot, (key, value: unknown) =>
      typeof value === 'number' && (key.endsWith('At') || key === 'since') ? value + by : value,
    ),
  );
}

function leadershipAnswer(snapshot: Snapshot, end: number): LeadershipAnswer {
  const base = { actor: null, actionId: null, reason: null, outageMs: null, current: false, forkLsn: null } as const;
  const leader = snapshot.cluster.leader?.name ?? null;
  const timeline = Math.max(3, snapshot.cluster.timeline ?? 3);
  const entries: Leadership[] = [
    {
      ...base,
      timeline: timeline - 2,
      leader,
      startedAt: end - 90 * 24 * 60 * MINUTE,
      endedAt: end - 90 * MINUTE,
      cause: 'unknown',
    },
    {
      ...base,
      timeline: timeline - 1,
      leader: 'n2',
      startedAt: end - 90 * MINUTE,
      endedAt: end - 10 * MINUTE,
      forkLsn: '0/3000148',
      cause: 'automatic',
      reason: 'no recovery target specified',
    },
    {
      ...base,
      timeline,
      leader,
      startedAt: end - 10 * MINUTE,
      endedAt: null,
      current: true,
      forkLsn: '0/5F1A2B8',
      cause: 'switchover',
      actor: 'alice',
      actionId: '019f0000-0000-7000-8000-000000000001',
      reason: 'no recovery target specified',
      outageMs: 840,
    },
  ];
  return { scope: snapshot.scope, entries, problem: null };
}

/** Answers the routes of the past in this page. The rest comes from Howdah. */
async function readSnapshot(address: string): Promise<Snapshot> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}: ${await answer.text()}`);
  return answer.json() as Promise<Snapshot>;
}

export async function mockPast(page: Page, url: string, scope: string, options: PastOptions): Promise<void> {
  // One answer for all that is mocked: a second read may find the server stopping when the test has ended.
  let read: Promise<Snapshot> | null = null;
  const snapshot = (): Promise<Snapshot> => (read ??= readSnapshot(url + PATHS.cluster(scope)));
  const is = (path: string) => (address: URL) => address.pathname === path;
  await page.route(is(PATHS.history(scope)), async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const to = Number(query.get('to') ?? Date.now());
    const from = Number(query.get('from') ?? to - 15 * MINUTE);
    await route.fulfill({ json: historyOf(await snapshot(), from, to, options) });
  });
  await page.route(is(PATHS.moment(scope)), async (route) => {
    const at = Number(new URL(route.request().url()).searchParams.get('at'));
    if (at < options.keptFrom) {
      const message = `Nothing is kept of ${scope} from before ${new Date(options.keptFrom).toISOString()}.`;
      await route.fulfill({ status: 404, json: { code: 'not_found', message } });
    } else await route.fulfill({ json: momentOf(await snapshot(), at, options) });
  });
  await page.route(is(PATHS.leadership(scope)), async (route) => {
    await route.fulfill({ json: leadershipAnswer(await snapshot(), options.now) });
  });
  await page.route(is(PATHS.events), async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const kinds = query.getAll('kind');
    const text = query.get('text')?.toLowerCase() ?? '';
    const from = Number(query.get('from') ?? 0);
    const to = Number(query.get('to') ?? Number.MAX_SAFE_INTEGER);
    const events: ScopedEvent[] = pastEvents(options.now)
      .filter((one) => kinds.length === 0 || kinds.includes(one.kind))
      .filter((one) => String(one.text).toLowerCase().includes(text) && one.at >= from && one.at < to)
      .filter((one) => query.get('severity') === null || one.severity === query.get('severity'))
      .map((one) => ({ ...one, scope }));
    const older = query.get('before') === 'older';
    const all = query.size <= 2 && !older;
    await route.fulfill({
      json: {
        events: older
          ? [
              {
                ...pastEvents(options.now)[0],
                id: 'e1',
                kind: 'member_joined',
                text: 'n9 joined the member list',
                at: options.keptFrom,
                scope,
              },
            ]
          : events,
        next: all ? 'older' : null,
        from: 'store',
        problem: null,
      },
    });
  });
}

/** The health answer with some of it changed. */
export async function mockHealth(
  page: Page,
  url: string,
  change: (health: HealthAnswer) => HealthAnswer,
): Promise<void> {
  await page.route(
    (address) => address.pathname === PATHS.health,
    async (route) => {
      const health = (await (await fetch(url + PATHS.health)).json()) as HealthAnswer;
      await route.fulfill({ json: change(health) });
    },
  );
}
