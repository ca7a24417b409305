// GET /metrics of a production Howdah, read by a real Prometheus and judged by promtool: recorded clusters healthy and broken, and
// names that nobody should give. The alert rules and the dashboard of docs/prometheus are loaded and asked.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { RawObservation } from '../../lib/domain/raw';
import { freePort, type Howdah, startHowdah } from '../browser/howdah';
import { waitUntil } from '../lab/deadline';

const TESTDATA = path.resolve(import.meta.dirname, '../../lib/domain/testdata');
const DOCS = path.resolve(import.meta.dirname, '../../docs/prometheus');
const RULES = path.join(DOCS, 'howdah-rules.yml');
const HEALTHY = ['distro-healthy', 'patroni41-healthy', 'trixie-sync'] as const;
const BROKEN = [
  'distro-forked-replica',
  'distro-freeze-all-etcd',
  'distro-no-leader',
  'distro-second-primary-paused',
  'patroni41-kill-member',
  'patroni41-pending-restart-dcs',
  'distro-scheduled-switchover',
] as const;
const HOSTILE = [
  'quote " and \\ and {a="b"} 1',
  'two\nlines\r\n# EOF',
  'кластер 象 \u2028',
  ' ',
  'x'.repeat(200),
] as const;

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** `input` goes to its standard input. */
function promtool(args: readonly string[], input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('promtool', [...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
    child.stdin.end(input);
  });
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A Prometheus of its own. It gives a busy Howdah as long to answer as it waits between two scrapes. */
class Prometheus {
  readonly #child: ChildProcess;
  readonly #url: string;
  output = '';

  constructor(folder: string, port: number, target: number) {
    const config = path.join(folder, 'prometheus.yml');
    const scrape = { job_name: 'howdah', static_configs: [{ targets: [`127.0.0.1:${target}`] }] };
    writeFileSync(
      config,
      stringify({
        global: { scrape_interval: '5s', scrape_timeout: '5s', evaluation_interval: '2s' },
        rule_files: [RULES],
        scrape_configs: [scrape],
      }),
    );
    this.#url = `http://127.0.0.1:${port}`;
    const flags = {
      'config.file': config,
      'storage.tsdb.path': path.join(folder, 'data'),
      'web.listen-address': `127.0.0.1:${port}`,
      'log.level': 'warn',
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    this.#child = spawn('prometheus', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += String(chunk);
      });
    }
  }

  async get<T>(where: string): Promise<T> {
    const answer = await fetch(`${this.#url}${where}`, { signal: AbortSignal.timeout(10_000) });
    const body = (await answer.json()) as { readonly status: string; readonly error?: string; readonly data: T };
    if (body.status !== 'success') throw new Error(`${where}: ${body.error}`);
    return body.data;
  }

  async query(expression: string): Promise<readonly Series[]> {
    const where = `/api/v1/query?query=${encodeURIComponent(expression)}`;
    return (await this.get<{ readonly result: readonly Series[] }>(where)).result;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}

/** The recordings, and one of them again under each hostile name, its members too. */
function recordings(folder: string): void {
  for (const scenario of [...HEALTHY, ...BROKEN])
    cpSync(path.join(TESTDATA, scenario), path.join(folder, scenario), { recursive: true });
  const source = path.join(TESTDATA, 'patroni41-healthy');
  for (const name of HOSTILE) {
    const target = path.join(folder, name);
    mkdirSync(target);
    for (const file of readdirSync(source).filter((entry) => entry.startsWith('frame-'))) {
      const raw = JSON.parse(readFileSync(path.join(source, file), 'utf8')) as RawObservation;
      const members = raw.members.map((member, index) => (index === 1 ? { ...member, name } : member));
      writeFileSync(path.join(target, file), JSON.stringify({ ...raw, members }));
    }
  }
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const folder = mkdtempSync(path.join(tmpdir(), 'howdah-metrics-'));
let howdah: Howdah | undefined;
let prometheus: Prometheus | undefined;

const running = (): Howdah => {
  if (howdah === undefined) throw new Error('Howdah has not been started');
  return howdah;
};
const asked = (): Prometheus => {
  if (prometheus === undefined) throw new Error('Prometheus has not been started');
  return prometheus;
};
const scrape = async (accept = 'text/plain'): Promise<{ readonly type: string | null; readonly text: string }> => {
  const answer = await fetch(`${running().url}/metrics`, { headers: { accept } });
  expect(answer.status).toBe(200);
  return { type: answer.headers.get('content-type'), text: await answer.text() };
};

beforeAll(async () => {
  const replay = path.join(folder, 'recordings');
  mkdirSync(replay);
  recordings(replay);
  howdah = await startHowdah([], { env: { HOWDAH_REPLAY: replay } });
  prometheus = new Prometheus(folder, await freePort(), howdah.port);
  await waitUntil('Prometheus to have scraped every scope', 60_000, async () => {
    const found = await asked().query('count(howdah_cluster_info)');
    return found[0]?.value[1] === String(HEALTHY.length + BROKEN.length + HOSTILE.length);
  });
});

afterAll(async () => {
  await prometheus?.stop();
  await howdah?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('GET /metrics', () => {
  it('is clean for promtool, with clusters healthy, broken and of hostile names', async () => {
    const { type, text } = await scrape();
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await promtool(['check', 'metrics'], text)).toEqual({ code: 0, output: '' });
    // The check can fail.
    const broken = await promtool(['check', 'metrics'], text.replace('howdah_streams 0', 'howdah_streams zero'));
    expect(broken.code).not.toBe(0);
  });

  it('is read by Prometheus as OpenMetrics, every line of it, and names come back as they were', async () => {
    const { type, text } = await scrape('application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5');
    expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    const { activeTargets } = await asked().get<{
      readonly activeTargets: readonly { readonly health: string; readonly lastError: string }[];
    }>('/api/v1/targets');
    expect(activeTargets).toMatchObject([{ health: 'up', lastError: '' }]);
    const scopes = (await asked().query('howdah_cluster_info')).map(({ metric }) => metric.scope);
    expect([...scopes].sort()).toEqual([...HEALTHY, ...BROKEN, ...HOSTILE].sort());
    for (const name of HOSTILE) {
      const lag = (await asked().query('howdah_member_answering')).filter(({ metric }) => metric.member === name);
      expect(lag.map(({ metric }) => metric.scope)).toEqual([name]);
    }
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('# ')).length;
    const [scraped] = await asked().query('scrape_samples_scraped');
    // Between two scrapes a series of Howdah's own may come.
    expect(Math.abs(Number(scraped?.value[1]) - lines)).toBeLessThan(10);
  });

  it('says what is wrong with the broken ones', async () => {
    const one = async (expression: string): Promise<string | undefined> =>
      (await asked().query(expression))[0]?.value[1];
    expect(await one('howdah_member_diverged{scope="distro-forked-replica"} == 1')).toBe('1');
    expect(await one('howdah_cluster_findings{scope="distro-forked-replica",code="replica_diverged"}')).toBe('1');
    expect(await one('howdah_cluster_health{scope="distro-freeze-all-etcd",health="ok"}')).toBe('0');
    expect(await one('howdah_cluster_paused{scope="distro-second-primary-paused"}')).toBe('1');
    expect(await one('howdah_member_pending_restart{scope="patroni41-pending-restart-dcs"} == 1')).toBe('1');
    expect(await one('howdah_cluster_leader{scope="distro-no-leader"}')).toBeUndefined();
    for (const scope of HEALTHY) {
      expect(await one(`howdah_cluster_health{scope="${scope}",health="critical"}`)).toBe('0');
      expect(await one(`howdah_cluster_writable{scope="${scope}"}`)).toBe('1');
    }
  });

  it('refuses a name of another site, as every route does', async () => {
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${running().url}/metrics`, { headers: { host: 'elsewhere.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});

describe('the alert rules', () => {
  it('are clean for promtool, and all of them run in Prometheus', async () => {
    const { code, output } = await promtool(['check', 'rules', RULES]);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('SUCCESS') });
    interface Group {
      readonly rules: readonly { readonly name: string; readonly health: string; readonly state: string }[];
    }
    const rulesOf = async (): Promise<Group['rules']> =>
      (await asked().get<{ readonly groups: readonly Group[] }>('/api/v1/rules')).groups.flatMap(({ rules }) => rules);
    await waitUntil('every rule to have run, and one to fire', 60_000, async () => {
      const rules = await rulesOf();
      const diverged = rules.find(({ name }) => name === 'PatroniReplicaDiverged');
      return rules.every(({ health }) => health !== 'unknown') && diverged?.state === 'firing';
    });
    const rules = await rulesOf();
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules.find(({ name }) => name === 'HowdahCollectorSilent')?.state).toBe('inactive');
  });

  it('fire when they should and not before', async () => {
    const at = (name: string, values: string): object => ({ series: name, values });
    const cluster = 'scope="demo",instance="h",job="howdah"';
    // By the series that Prometheus keeps of alerts: `promtool` would compare the words of the annotations too.
    const fires = (name: string, minutes: number, labels: readonly string[]): object => ({
      expr: `count by (scope, member, kind, severity) (ALERTS{alertname="${name}",alertstate="firing"})`,
      eval_time: `${minutes}m`,
      exp_samples: labels.map((text) => ({ labels: `{${text}}`, value: 1 })),
    });
    const warning = 'severity="warning",scope="demo"';
    const test = {
      rule_files: [RULES],
      evaluation_interval: '30s',
      tests: [
        {
          interval: '1m',
          input_series: [
            at('howdah_build_info{instance="h",job="howdah"}', '1x30'),
            at(`howdah_cluster_members{${cluster}}`, '2x30'),
            at(`howdah_cluster_failover_possible{${cluster}}`, '1x5 0x10 1x15'),
            at(`howdah_cluster_maximum_lag_on_failover_bytes{${cluster}}`, '1048576x30'),
            at(`howdah_member_replay_lag_bytes{${cluster},member="n2"}`, '0x5 2000000x10 0x15'),
            at(`howdah_member_replay_lag_bytes{${cluster},member="n3"}`, '1048576x30'),
            at(`howdah_member_streaming{${cluster},member="n2"}`, '1x30'),
            at(`howdah_member_streaming{${cluster},member="n3"}`, '1x30'),
            at(`howdah_member_streaming{${cluster},member="n4"}`, '1x30'),
            at(`howdah_cluster_pause_age_seconds{${cluster}}`, '14340+60x30'),
            at('howdah_history_dropped_total{kind="sample",instance="h",job="howdah"}', '0x10 5x20'),
          ],
          promql_expr_test: [
            fires('PatroniNoFailoverPossible', 8, []),
            fires('PatroniNoFailoverPossible', 12, [warning]),
            fires('PatroniNoFailoverPossible', 20, []),
            fires('PatroniReplayLag', 8, []),
            fires('PatroniReplayLag', 12, [`${warning},member="n2"`]),
            fires('PatroniReplayLagUnknown', 6, [`${warning},member="n4"`]),
            fires('PatroniPausedLong', 1, []),
            fires('PatroniPausedLong', 3, [warning]),
            fires('HowdahHistoryDropped', 9, []),
            fires('HowdahHistoryDropped', 13, ['severity="warning",kind="sample"']),
            fires('HowdahGone', 29, []),
          ],
        },
        {
          interval: '1m',
          input_series: [
            at(`howdah_cluster_failover_possible{${cluster}}`, '0x30'),
            at(`howdah_cluster_members{${cluster}}`, '1x30'),
          ],
          promql_expr_test: [
            fires('PatroniNoFailoverPossible', 20, []),
            fires('HowdahGone', 5, ['severity="critical"']),
          ],
        },
      ],
    };
    const file = path.join(folder, 'rules-test.yml');
    writeFileSync(file, stringify(test));
    expect(await promtool(['test', 'rules', file])).toMatchObject({
      code: 0,
      output: expect.stringContaining('SUCCESS'),
    });
  });
});

describe('the dashboard', () => {
  const dashboard = JSON.parse(readFileSync(path.join(DOCS, 'howdah-dashboard.json'), 'utf8')) as Dashboard;
  // A dot does not match the end of a line, which one of the hostile names has.
  const expressions = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, expr.replaceAll('$scope', '(?s:.*)')] as const),
  );

  it('has expressions that Prometheus takes, each', async () => {
    expect(expressions.length).toBeGreaterThan(25);
    for (const [, expr] of expressions) await asked().query(expr);
    await expect(asked().query('sum(howdah_streams')).rejects.toThrow();
  });

  it('shows something in every panel, but for what has not happened here', async () => {
    const notHere = [
      'Questions that failed',
      'Store: what waits',
      'Store: dropped',
      'Streams and actions',
      'Messages that wait',
    ];
    const empty = async (): Promise<readonly string[]> => {
      const shows = await Promise.all(expressions.map(async ([, expr]) => (await asked().query(expr)).length > 0));
      return expressions.flatMap(([title], index) => (shows[index] || notHere.includes(title) ? [] : [title]));
    };
    // A rate wants two scrapes, the event loop a window of ten seconds.
    await expect.poll(empty, { timeout: 60_000, interval: 1000 }).toEqual([]);
  });

  it('has the worst cluster first', async () => {
    const [, worst = ''] = expressions.find(([title]) => title === 'Clusters, worst first') ?? [];
    const ranks = (await asked().query(worst)).map(({ value }) => Number(value[1]));
    expect(ranks).toHaveLength(HEALTHY.length + BROKEN.length + HOSTILE.length);
    expect([...ranks].sort((a, b) => b - a)).toEqual(ranks);
    expect(ranks[0]).toBe(5);
    expect(ranks.at(-1)).toBe(1);
  });
});
