// Four that are asked what is wrong with a cluster: Howdah, patronictl, check_patroni, and alert rules in a Prometheus that reads Patroni's own
// /metrics. Each hands back what it says as lines; what counts as right is in truth-faults.ts.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { Snapshot } from '../../lib/domain/cluster';
import { freePort } from '../fake/etcd-process';
import { waitUntil } from '../lab/deadline';
import type { Lab } from '../lab/lab';
import { SCOPE } from '../lab/layout';
import type { Cleanup } from './cleanup';
import type { Howdah } from './howdah';

export const CONTESTANTS = ['howdah', 'patronictl', 'check_patroni', 'rules'] as const;
export type Contestant = (typeof CONTESTANTS)[number];

/** One line a statement; what it says of a member names it. */
export type Said = readonly string[];
export type Ask = () => Promise<Said>;

const ASK_MS = 20_000;

export async function askHowdah(howdah: Howdah): Promise<Snapshot> {
  const answer = await fetch(`${howdah.url}/api/clusters/${SCOPE}`, { signal: AbortSignal.timeout(ASK_MS) });
  if (!answer.ok) throw new Error(`Howdah: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  return (await answer.json()) as Snapshot;
}

/** Rows as `n2 127.0.0.12:15432 Replica streaming 1 0/5030A30 0 0/5030A30 0`, and what stands below the table. */
export async function askPatronictl(lab: Lab): Promise<Said> {
  const { stdout, stderr, code } = await lab.patronictl(['list'], ASK_MS);
  const lines = stdout
    .split('\n')
    .filter((line) => !/^[+ ]/.test(line) && !line.startsWith('| Member'))
    .map((line) => line.replaceAll('|', ' ').replaceAll(/\s+/g, ' ').trim())
    .filter(Boolean);
  return code === 0 ? lines : [...lines, `error ${stderr.trim().split('\n').at(-1) ?? ''}`];
}

/** The services of its documentation, each with the thresholds of a cluster of three. All at once, from one start of Python. */
const CHECKS = `
import os, sys
from check_patroni.cli import main
running = []
for line in sys.argv[1:]:
    about, *args = line.split()
    read, write = os.pipe()
    if os.fork() == 0:
        os.dup2(write, 1)
        sys.argv = ['check_patroni', *args]
        main()
    os.close(write)
    running.append((about, os.fdopen(read)))
for about, output in running:
    print(about, output.readline().strip())
`;

export async function askCheckPatroni(lab: Lab, python: string): Promise<Said> {
  const names = lab.realMembers.map(({ name }) => name);
  const everybody = names.map((name) => `-e ${lab.restUrl(name)}`).join(' ');
  const cluster = [
    'cluster_has_leader',
    'cluster_has_replica --warning 2: --critical 1: --max-lag 1MB',
    'cluster_node_count --warning 3: --healthy-warning 3:',
    'cluster_is_in_maintenance',
  ].map((check) => `cluster ${everybody} ${check}`);
  const nodes = names.flatMap((name) =>
    ['node_is_alive', 'node_is_pending_restart'].map((check) => `${name} -e ${lab.restUrl(name)} ${check}`),
  );
  const { stdout } = await promisify(execFile)(python, ['-c', CHECKS, ...cluster, ...nodes], { timeout: ASK_MS });
  return stdout.split('\n').filter((line) => /^\S+ [A-Z]+ /.test(line));
}

/** A Prometheus that reads every member each second and judges as often: sooner than anybody runs it. */
export class RulesOnMetrics {
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  static async start(lab: Lab, cleanup: Cleanup): Promise<RulesOnMetrics> {
    const folder = mkdtempSync(path.join(tmpdir(), 'howdah-rules-'));
    const port = await freePort();
    const targets = lab.realMembers.map(({ name }) => ({
      targets: [new URL(lab.restUrl(name)).host],
      labels: { name },
    }));
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [path.join(import.meta.dirname, 'patroni-rules.yml')],
      scrape_configs: [{ job_name: 'patroni', honor_labels: true, static_configs: targets }],
    };
    writeFileSync(path.join(folder, 'prometheus.yml'), stringify(config));
    const flags = {
      'config.file': path.join(folder, 'prometheus.yml'),
      'storage.tsdb.path': path.join(folder, 'data'),
      'web.listen-address': `127.0.0.1:${port}`,
      'log.level': 'warn',
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    cleanup.add('Prometheus', async () => {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    });
    const rules = new RulesOnMetrics(`http://127.0.0.1:${port}`);
    await waitUntil('Prometheus to read every member', 30_000, async () => {
      const up = await rules.#get<{ result: readonly { value: readonly [number, string] }[] }>(
        `/api/v1/query?query=${encodeURIComponent('sum(up)')}`,
      );
      return up.result[0]?.value[1] === String(targets.length);
    });
    return rules;
  }

  async ask(): Promise<Said> {
    const { alerts } = await this.#get<{
      readonly alerts: readonly { readonly state: string; readonly labels: Readonly<Record<string, string>> }[];
    }>('/api/v1/alerts');
    return alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels }) => `${labels.name ?? 'cluster'} ${labels.alertname ?? ''}`);
  }

  async #get<T>(where: string): Promise<T> {
    const answer = await fetch(`${this.#url}${where}`, { signal: AbortSignal.timeout(ASK_MS) });
    return ((await answer.json()) as { readonly data: T }).data;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}
