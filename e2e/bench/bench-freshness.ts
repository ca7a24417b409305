// From a leader change in etcd to changed text in a real browser, beside `patronictl list -W -w 1` in the same run. One clock:
// the browser, patronictl's reader and the writer are on this machine. Scripted key changes by default, the lab's real
// switchovers with `--lab`.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from '@playwright/test';
import type { Snapshot } from '../../lib/domain/cluster';
import { FakeDcs, type Move } from '../fake/dcs';
import { startEtcd } from '../fake/etcd-process';
import { FakeFleet } from '../fake/fleet';
import { bringUp } from '../lab/bring-up';
import { SCOPE } from '../lab/layout';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { startHowdah, waitForScopes } from './howdah';
import { type BenchResult, formatSpread, machine, round, say, spreadOf } from './numbers';
import { StreamViewer } from './viewer';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const PATRONICTL = '/usr/bin/patronictl';
const MEDIAN_MS = 150;
const P99_MS = 500;
const LATE_MS = 15_000;
const OTHER_SCOPES = 4;

/** Something whose leader can be moved, in front of a real etcd. */
interface Stage {
  readonly etcdUrls: readonly string[];
  readonly namespace: string;
  readonly scope: string;
  readonly scopes: number;
  /** Moves the leader; the name of the new one, and when etcd was asked and had it. */
  move(): Promise<Move & { readonly leader: string }>;
  readonly pauseMs: () => number;
}

interface Seen {
  readonly leader: string;
  readonly at: number;
  readonly paintedAt: number | null;
}

interface Watch {
  /** Epoch ms at which this leader was first shown after `since`; null: not in time. */
  wait(leader: string, since: number): Promise<Seen | null>;
}

export async function benchFreshness(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const changes = Math.max(args.number('changes', 40), 1);
  const stage = args.has('lab') ? await labStage(cleanup) : await fakeStage(cleanup);
  const flags = ['--etcd', stage.etcdUrls.join(','), '--namespace', stage.namespace];
  const howdah = await startHowdah(cleanup, flags);
  await waitForScopes(howdah, stage.scopes);
  const page = await openPage(cleanup, `${howdah.url}/clusters/${encodeURIComponent(stage.scope)}`);
  const { header: inBrowser, table: inTable } = await watchPage(page);
  const inStream = watchStream(cleanup, howdah.url, stage.scope);
  const inTerminal = existsSync(PATRONICTL) ? watchPatronictl(cleanup, stage) : null;
  say(
    `freshness: ${changes} leader changes, ${args.has('lab') ? 'switchovers of the lab' : 'scripted in a real etcd'}`,
  );

  const fromAnswer: number[] = [];
  const fromQuestion: number[] = [];
  const painted: number[] = [];
  const terminal: number[] = [];
  const streamed: number[] = [];
  const tabled: number[] = [];
  let missed = 0;
  for (let change = 0; change < changes; change++) {
    await sleep(stage.pauseMs());
    const { leader, askedAt, doneAt } = await stage.move();
    const [browser, table, frame, other] = await Promise.all([
      inBrowser.wait(leader, askedAt),
      inTable.wait(leader, askedAt),
      inStream.wait(leader, askedAt),
      inTerminal?.wait(leader, askedAt),
    ]);
    if (table !== null) tabled.push(table.at - askedAt);
    if (frame !== null) streamed.push(frame.at - askedAt);
    if (browser === null) missed += 1;
    else {
      fromAnswer.push(browser.at - doneAt);
      fromQuestion.push(browser.at - askedAt);
      if (browser.paintedAt !== null) painted.push(browser.paintedAt - askedAt);
    }
    if (other) terminal.push(other.at - askedAt);
  }

  const answer = spreadOf(fromAnswer, 1);
  const question = spreadOf(fromQuestion, 1);
  const paint = spreadOf(painted, 1);
  const list = spreadOf(terminal, 0);
  const stream = spreadOf(streamed, 1);
  const follows = spreadOf(tabled, 1);
  say(`\nbrowser, text changed, since etcd answered:  ${formatSpread(answer, 'ms')}`);
  say(`browser, text changed, since etcd was asked: ${formatSpread(question, 'ms')}`);
  say(`browser, next frame,   since etcd was asked: ${formatSpread(paint, 'ms')}`);
  say(`browser, members table, since etcd was asked: ${formatSpread(follows, 'ms')}`);
  say(`bare stream client,    since etcd was asked: ${formatSpread(stream, 'ms')}`);
  if (inTerminal !== null) {
    say(`patronictl list -W -w 1, row shown, same:    ${formatSpread(list, 'ms')}`);
    say(`ratio of the medians, patronictl to Howdah:  ${round(list.median / question.median, 1)}`);
  }
  const pass = missed === 0 && question.median < MEDIAN_MS && question.p99 < P99_MS;
  say(
    `target median < ${MEDIAN_MS} ms, p99 < ${P99_MS} ms from the question on: ${pass ? 'met' : 'NOT met'}${missed > 0 ? `, ${missed} changes never shown` : ''}`,
  );
  return {
    bench: 'freshness',
    pass,
    by: args.has('lab') ? 'lab' : 'scripted',
    changes,
    missed,
    sinceAnswer: answer,
    sinceQuestion: question,
    nextFrame: paint,
    membersTable: follows,
    streamClient: stream,
    patronictl: inTerminal === null ? null : list,
    ratio: inTerminal === null ? null : round(list.median / question.median, 1),
    ...machine(),
  };
}

async function fakeStage(cleanup: Cleanup): Promise<Stage> {
  const etcd = await startEtcd();
  cleanup.add('etcd', () => etcd.stop());
  const fleet = await FakeFleet.start({ scopes: 1 + OTHER_SCOPES, members: 3 });
  cleanup.add('the fake', () => fleet.stop());
  const dcs = new FakeDcs(etcd.etcd);
  await dcs.writeAll(fleet.clusters);
  const cluster = fleet.clusters[0];
  if (cluster === undefined) throw new Error('the fleet is empty');
  return {
    etcdUrls: [etcd.url],
    namespace: '/service/',
    scope: cluster.scope,
    scopes: fleet.clusters.length,
    // Neither in step with the collector's second nor with patronictl's.
    pauseMs: () => 900 + Math.random() * 1000,
    move: async () => {
      const others = cluster.nodes.filter((node) => node.name !== cluster.leader);
      const leader = others[Math.floor(Math.random() * others.length)]?.name ?? 'n1';
      return { leader, ...(await dcs.moveLeader(cluster, leader)) };
    },
  };
}

/** A lab of its own beside a demo that may be running. The moment is that of the new leader key, as a watch of etcd sees it. */
async function labStage(cleanup: Cleanup): Promise<Stage> {
  const lab = await bringUp({ name: 'bench', say: (text) => say(text) });
  cleanup.add('the lab', () => lab.down({ purge: true }));
  const key = `${lab.prefix}leader`;
  return {
    etcdUrls: lab.etcdEndpoints,
    namespace: '/service/',
    scope: SCOPE,
    scopes: 1,
    pauseMs: () => 3000 + Math.random() * 2000,
    move: async () => {
      const before = (await lab.etcd.get(key))?.value ?? '';
      const asking = lab.switchover().then(
        () => null,
        (error: unknown) => error,
      );
      const deadline = Date.now() + 60_000;
      let askedAt = Date.now();
      for (;;) {
        const now = Date.now();
        const leader = (await lab.etcd.get(key).catch(() => null))?.value ?? '';
        if (leader !== '' && leader !== before) {
          // It appeared between the last question without it and this answer.
          await asking;
          return { leader, askedAt, doneAt: now };
        }
        askedAt = now;
        if (now > deadline) throw new Error('the switchover did not happen in a minute');
        await sleep(10);
      }
    },
  };
}

async function openPage(cleanup: Cleanup, url: string): Promise<Page> {
  if (CHROMIUM === undefined) throw new Error('chromium is not installed (Debian: chromium)');
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'];
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args });
  cleanup.add('the browser', () => browser.close());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (error) => say(`page error: ${error.message}`));
  // tsx names every function by a call of __name, also those that are sent to the page.
  await page.addInitScript('globalThis.__name = (value) => value');
  await page.goto(url);
  await page.locator('[data-leader]').first().waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => (document.querySelector('[data-leader]')?.getAttribute('data-leader') ?? '') !== '');
  return page;
}

/**
 * Reports each new leader from inside the page: the moment the header's text changed with the frame after it, and the moment
 * the members table, which is drawn last, says the same.
 */
async function watchPage(page: Page): Promise<{ readonly header: Watch; readonly table: Watch }> {
  const seen: Seen[] = [];
  const tables: Seen[] = [];
  await page.exposeFunction('howdahSaw', (leader: string, at: number, paintedAt: number) => {
    seen.push({ leader, at, paintedAt });
  });
  await page.exposeFunction('howdahTabled', (leader: string, at: number) => {
    tables.push({ leader, at, paintedAt: null });
  });
  await page.evaluate(() => {
    const clock = (): number => performance.timeOrigin + performance.now();
    const shown = (): string | null => {
      const element = document.querySelector('[data-leader]');
      const leader = element?.getAttribute('data-leader') ?? null;
      // The text a person reads, not only the attribute.
      return leader !== null && element?.textContent?.includes(leader) ? leader : null;
    };
    let last = shown();
    let open: string | null = null;
    const checkTable = (): void => {
      if (open === null || !document.getElementById(`member-${open}`)?.textContent?.includes('leader')) return;
      const tell = Reflect.get(window, 'howdahTabled') as (leader: string, at: number) => void;
      tell(open, clock());
      open = null;
    };
    new MutationObserver(() => {
      const leader = shown();
      if (leader !== null && leader !== last) open = leader;
      checkTable();
      if (leader === null || leader === last) return;
      last = leader;
      const at = clock();
      const tell = Reflect.get(window, 'howdahSaw') as (leader: string, at: number, paintedAt: number) => void;
      requestAnimationFrame(() => tell(leader, at, clock()));
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  return {
    header: { wait: (leader, since) => waitFor(seen, leader, since) },
    table: { wait: (leader, since) => waitFor(tables, leader, since) },
  };
}

/** The same server's frames in a plain client: what of the time is not the browser's. */
function watchStream(cleanup: Cleanup, url: string, scope: string): Watch {
  const seen: Seen[] = [];
  const viewer = new StreamViewer(url, [scope], (event, data) => {
    const at = performance.timeOrigin + performance.now();
    if (event !== 'snapshot') return;
    const { snapshot } = JSON.parse(data) as { readonly snapshot: Snapshot };
    const leader = snapshot.cluster.leader?.name;
    if (leader !== undefined) seen.push({ leader, at, paintedAt: null });
  });
  cleanup.add('the stream', () => viewer.close());
  return { wait: (leader, since) => waitFor(seen, leader, since) };
}

/** A person's terminal: Debian's patronictl on the same etcd. */
function watchPatronictl(cleanup: Cleanup, stage: Stage): Watch {
  const dir = mkdtempSync(path.join(tmpdir(), 'howdah-patronictl-'));
  const file = path.join(dir, 'patronictl.yml');
  const hosts = stage.etcdUrls.map((url) => new URL(url).host).join(',');
  writeFileSync(file, `scope: ${stage.scope}\nnamespace: ${stage.namespace}\netcd3:\n  hosts: ${hosts}\n`);
  const args = ['-c', file, 'list', stage.scope, '-W', '-w', '1', '-f', 'tsv'];
  const child: ChildProcess = spawn(PATRONICTL, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
  });
  cleanup.add('patronictl', async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(dir, { recursive: true, force: true });
  });
  const seen: Seen[] = [];
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const cells = line.split('\t').map((cell) => cell.trim());
      const role = cells.indexOf('Leader');
      const leader = role < 2 ? undefined : cells[role - 2];
      if (leader !== undefined) seen.push({ leader, at: Date.now(), paintedAt: null });
    });
  }
  return { wait: (leader, since) => waitFor(seen, leader, since) };
}

async function waitFor(seen: readonly Seen[], leader: string, since: number): Promise<Seen | null> {
  while (Date.now() - since < LATE_MS) {
    const found = seen.find((one) => one.leader === leader && one.at >= since);
    if (found !== undefined) return found;
    await sleep(5);
  }
  return null;
}
