import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReceiverState } from '../../contract/alerts';
import type { HealthAnswer } from '../../contract/stream';
import type { ActionRecord } from '../../domain/actions/action';
import type { Alert } from '../../domain/alerts/alert';
import { buildCare } from '../../domain/care/care';
import { happened } from '../../domain/care/care-events';
import { assessCare } from '../../domain/care/care-findings';
import { remember } from '../../domain/care/care-memory';
import type { Snapshot } from '../../domain/cluster';
import { sampleLines } from '../../domain/metrics/exposition';
import { FAMILY_NAMES, type FamilyName, sampleName } from '../../domain/metrics/family';
import { buildSnapshot } from '../../domain/snapshot';
import { CollectorMetrics } from '../collector/collector-metrics';
import { ReadingCounts } from '../collector/reading-counts';
import { readFrames } from '../collector/replay';
import { loadGood } from '../config/test-load';
import { ActionCounts } from './action-counts';
import { alertSamples, type Telling } from './alert-samples';
import { howdahSamples } from './howdah-samples';
import { Metrics } from './metrics';

const TESTDATA = join(import.meta.dirname, '../../domain/testdata');
const NOW = 1_795_218_900_000;
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const HEALTH: HealthAnswer = {
  ok: true,
  version: '1.2.3',
  startedAt: NOW - 60_000,
  collector: {
    ageMs: 200,
    scopes: 2,
    members: 6,
    roundMs: 14,
    problems: [
      { source: 'prod', text: 'etcd: refused' },
      { source: 'prod', text: 'n1: refused' },
    ],
  },
  streams: 3,
  scopes: [],
  store: { kind: 'embedded', state: 'ready', error: null, since: NOW - 1000, behind: 0 },
  journal: {
    ...{ entries: 12, problem: null, broken: [] },
    streams: [
      {
        ...{ name: 'siem', target: 'siem:6514', behind: 7, dropAfter: 100, dropped: 2, droppedAt: NOW - 1000 },
        ...{ lastOkAt: NOW - 5000, failingSince: NOW - 4000, lastError: 'connection refused' },
      },
    ],
  },
  history: {
    ...{ buffered: 1, bufferedBytes: 100, bufferLimitBytes: 1000 },
    ...{ droppedSamples: 5, droppedFrames: 0, droppedEvents: 1 },
    ...{ storedAt: NOW - 2000, storedBytes: 4096, limitBytes: 8192, elsewhere: 0, problem: null },
  },
};

function metrics(ask: () => Promise<string | null>): Metrics {
  const made = new Metrics(
    { ask, actionsNow: () => null, alertsNow: () => null, config: loadGood({}), startedAt: NOW - 60_000 },
    () => HEALTH,
    () => NOW,
  );
  ends.push(() => made.stop());
  return made;
}

describe('the metrics of Howdah', () => {
  it('come without the clusters when the collector does not answer, and say so', async () => {
    const text = await metrics(() => Promise.reject(new Error('the collector is starting'))).text('prometheus');
    expect(text).toContain('\nhowdah_collector_answering 0\n');
    expect(text).toContain('\nhowdah_build_info{version="1.2.3",');
    expect(text).toContain('\nhowdah_history_dropped_total{kind="sample"} 5\n');
    expect(text).toContain('\nhowdah_collector_problems{source="prod"} 2\n');
    for (const line of ['behind{stream="siem"} 7', 'dropped_total{stream="siem"} 2', 'failing{stream="siem"} 1'])
      expect(text).toContain(`\nhowdah_audit_stream_${line}\n`);
    expect(text).toContain(`\nhowdah_audit_stream_success_time_seconds{stream="siem"} ${(NOW - 5000) / 1000}\n`);
    expect(text).not.toContain('howdah_cluster_');
  });

  it('ask the collector once, however many scrape in the same second', async () => {
    let questions = 0;
    const made = metrics(async () => {
      questions += 1;
      return '[{"howdah_cluster_paused":["howdah_cluster_paused{scope=\\"a\\"} 0"]}]';
    });
    const texts = await Promise.all([made.text('prometheus'), made.text('openmetrics'), made.text('prometheus')]);
    expect(questions).toBe(1);
    for (const text of texts) expect(text).toContain('\nhowdah_cluster_paused{scope="a"} 0\n');
  });

  it('wait for the question that is out, however long it takes', async () => {
    let questions = 0;
    let now = NOW;
    let answer: (json: string) => void = () => undefined;
    const asked = {
      ask: () => {
        questions += 1;
        return new Promise<string>((resolve) => {
          answer = resolve;
        });
      },
      ...{ actionsNow: () => null, alertsNow: () => null, config: loadGood({}), startedAt: NOW },
    };
    const made = new Metrics(
      asked,
      () => HEALTH,
      () => now,
    );
    ends.push(() => made.stop());
    const first = made.text('prometheus');
    now += 5000;
    const second = made.text('prometheus');
    answer('[]');
    await Promise.all([first, second]);
    expect(questions).toBe(1);
    const third = made.text('prometheus');
    answer('[]');
    await third;
    expect(questions).toBe(2);
  });

  it('leave out what the health answer does not know', () => {
    const unknown: HealthAnswer = {
      ...HEALTH,
      collector: { ageMs: null, scopes: 0, members: 0, roundMs: null, problems: [] },
      history: null,
    };
    const families = new Set(howdahSamples(unknown, NOW).map(({ family }) => family));
    expect([...families].filter((family) => /_collector_|_history_/.test(family))).toEqual([]);
  });
});

describe('alerts', () => {
  const receiver: ReceiverState = {
    ...{ name: 'oncall', kind: 'smtp', target: 'ada@example.org', state: 'failing', lastOkAt: NOW - 5000 },
    ...{
      lastFailedAt: NOW,
      lastError: 'refused',
      queued: 2,
      oldestQueuedAt: NOW - 3000,
      nextAttemptAt: NOW,
      givenUp: 1,
    },
  };
  const untried: ReceiverState = { ...receiver, name: 'new', state: 'untried', lastOkAt: null, oldestQueuedAt: null };
  const alert = (state: Alert['state'], severity: Alert['severity']): Alert => ({ state, severity }) as Alert;
  const alerts = [alert('firing', 'critical'), alert('firing', 'critical'), alert('resolved', 'note')];
  const told = (more: Partial<Telling>): ReturnType<typeof sampleLines> =>
    sampleLines(
      alertSamples(
        { sender: 'here', problem: null, configured: true, alerts, receivers: [receiver, untried], ...more },
        NOW,
      ),
    );

  it('are counted by state and severity, receivers say whether they work', () => {
    const lines = told({});
    expect(lines.howdah_alerts).toContain('howdah_alerts{state="firing",severity="critical"} 2');
    expect(lines.howdah_alerts).toContain('howdah_alerts{state="pending",severity="critical"} 0');
    expect(lines.howdah_alerts?.join()).not.toContain('resolved');
    expect(lines.howdah_receiver_failing).toEqual(['howdah_receiver_failing{receiver="oncall",kind="smtp"} 1']);
    expect(lines.howdah_receiver_oldest_queued_age_seconds).toEqual([
      'howdah_receiver_oldest_queued_age_seconds{receiver="oncall",kind="smtp"} 3',
    ]);
  });

  it('are those of the one that sends: another says only that it does not', () => {
    expect(Object.keys(told({ sender: 'elsewhere', alerts: null }))).toEqual([
      'howdah_alerting_here',
      'howdah_alerting_working',
    ]);
    expect(told({ sender: 'nobody', problem: 'away' }).howdah_alerting_working).toEqual(['howdah_alerting_working 0']);
  });

  it('stand also where there is nobody to tell, and that is not broken', () => {
    const nobody = {
      sender: 'nobody',
      problem: 'no receiver is configured',
      configured: false,
      receivers: [],
    } as const;
    expect(Object.keys(told(nobody))).toEqual(['howdah_alerts']);
  });

  it('that this process has not read yet are not "none"', () => {
    expect(told({ alerts: null }).howdah_alerts).toBeUndefined();
  });
});

describe('the part of the collector', () => {
  it('has every family of clusters in some recording, or in a source that failed', async () => {
    const snapshots = new Map<string, Snapshot>();
    for (const scenario of readdirSync(TESTDATA)) {
      let before: Snapshot | null = null;
      for (const raw of readFrames(join(TESTDATA, scenario))) {
        before = buildSnapshot({ ...raw, scope: scenario, patroniScope: raw.scope }, before, 12).snapshot;
      }
      if (before !== null) snapshots.set(scenario, before);
    }
    const counts = new ReadingCounts();
    counts.saw('lab', 'sql', { ok: false, error: { kind: 'auth', message: 'no' }, at: NOW, tookMs: 1 });
    counts.saw('lab', 'sql', { ok: false, error: { kind: 'auth', message: 'no' }, at: NOW, tookMs: 1 });
    const unseen = { ok: false, error: { kind: 'timeout', message: '' }, at: NOW, tookMs: 1 } as const;
    const e1 = {
      ...{ key: 'e1', name: 'e1', urls: [], peerUrls: [], votes: true, started: true, numbers: null, facts: [] },
      ...{ status: unseen, certificateEndsAt: null },
    } as const;
    const raw = { kind: 'etcd3', identity: 'x', unlisted: null, ownCertificateEndsAt: null, facts: [] } as const;
    const care = buildCare(remember(null, { ...raw, at: NOW, nodes: [e1] }), NOW, 1000);
    const { standing: findings } = happened(null, assessCare({ care, now: NOW, twins: [] }), NOW);
    const watched = {
      counts,
      cares: () => [{ source: 'lab', looked: { care, findings, events: [], staleAfterMs: 1000 } }],
      scopes: () => [...snapshots.keys()].sort(),
      snapshotOf: (scope: string) => snapshots.get(scope) ?? null,
    };
    const times = [...snapshots.values()].map(({ observedAt }) => observedAt);
    let at = 0;
    // Each recording is as old as it was: the clock is asked once for each, in order.
    const clock = (): number => snapshots.get(watched.scopes()[at++] ?? '')?.observedAt ?? Math.max(...times);
    const collector = new CollectorMetrics(watched, clock);
    ends.push(() => collector.stop());
    const parts = await collector.answer();
    const found = new Set(parts.flatMap((part) => Object.keys(part)));
    const expected = FAMILY_NAMES.filter((name) => /^howdah_(cluster|dcs|member|readings)/.test(name));
    expect(expected.filter((name: FamilyName) => !found.has(name))).toEqual([]);
    // The one voter is silent: fewer than the quorum needs, which is what stops every cluster there.
    expect(parts[0]?.howdah_dcs_margin).toEqual(['howdah_dcs_margin{source="lab"} -1']);
    expect(parts[0]?.howdah_dcs_findings).toContain(
      'howdah_dcs_findings{source="lab",code="no_quorum",severity="critical"} 1',
    );
    expect(parts[0]?.howdah_readings).toEqual([
      `${sampleName('howdah_readings')}{source="lab",witness="sql",outcome="auth"} 2`,
    ]);
  });
});

describe('actions', () => {
  const record = (id: string, closedAt: number | null, outcome: ActionRecord['outcome'] = 'done'): ActionRecord =>
    ({
      id,
      request: { kind: 'pause' },
      phase: closedAt === null ? 'open' : 'closed',
      closedAt,
      outcome,
    }) as ActionRecord;
  const countOf = (samples: ReturnType<ActionCounts['samples']>, family: FamilyName): number | undefined =>
    samples.find((sample) => sample.family === family)?.value;

  it('are counted once each, those of an earlier start not at all', () => {
    const counts = new ActionCounts(NOW);
    const first = counts.samples([record('a', NOW + 1), record('b', null), record('old', NOW - 1)]);
    expect(countOf(first, 'howdah_actions')).toBe(1);
    expect(countOf(first, 'howdah_actions_running')).toBe(1);
    const second = counts.samples([record('a', NOW + 1), record('b', NOW + 2), record('c', NOW + 3, 'failed')]);
    expect(
      second.filter(({ family }) => family === 'howdah_actions').map(({ labels, value }) => [labels.outcome, value]),
    ).toEqual([
      ['done', 2],
      ['failed', 1],
    ]);
    expect(countOf(second, 'howdah_actions_running')).toBe(0);
  });
});
