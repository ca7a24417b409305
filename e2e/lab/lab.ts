// The lab: a real Patroni cluster on this machine, as one object. It owns what runs; what may be broken is in faults.ts and
// how all of it is put right again in heal.ts. A Lab holds no state of its own that matters: another process finds the
// same lab by its name, from `.lab/<name>/lab.json` and from the process table.

import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import {
  type ClusterOptions,
  dynamicConfig,
  haproxyConfig,
  howdahConfig,
  type Json,
  patronictlConfig,
} from './config-files';
import { prepareDatabase, writeWal } from './database';
import { sleep, waitUntil } from './deadline';
import { endLab } from './end';
import { type Generation, runTool, type Say, step, type Toolbox } from './environments';
import { applyFault, type FaultName } from './faults';
import { healLab } from './heal';
import { findProblems } from './health';
import { LabHost, type LabState, readState } from './host';
import { CHECKOUT, PORTS, planLayout, SCOPE, type Shape } from './layout';
import { claimLab, disclaimLab, isOfAnotherRun } from './owner';
import { endProcesses, partEnvironment } from './processes';

export interface BringUpOptions {
  readonly generation?: Generation;
  /** Default: the generation's name. */
  readonly name?: string;
  readonly shape?: Shape;
  /** Members that run another Patroni than the rest; all must share one PostgreSQL, so not `trixie`. */
  readonly memberGenerations?: Readonly<Record<string, Generation>>;
  readonly load?: boolean;
  readonly cluster?: Partial<ClusterOptions>;
  /** The port `howdah.yaml` names. */
  readonly howdahPort?: number;
  readonly say?: Say;
}

export interface RestAnswer {
  readonly status: number;
  readonly text: string;
}

const DEFAULT_CLUSTER: ClusterOptions = { loopWait: 2, ttl: 20, retryTimeout: 3, pgRewind: false };

const quiet: Say = () => undefined;

export class Lab extends LabHost {
  // ---- what the cluster is asked

  /** As superuser, over TCP, one connection a call. Rows as objects. */
  async sql(
    member: string,
    text: string,
    values: readonly unknown[] = [],
    timeoutMs = 5000,
  ): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({
      host: this.member(member).ip,
      port: PORTS.postgres,
      user: 'postgres',
      password: this.secrets.superuser,
      database: 'postgres',
      application_name: 'howdah-lab',
      connectionTimeoutMillis: 3000,
      query_timeout: timeoutMs,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(text, [...values])).rows as Record<string, unknown>[];
    } finally {
      // A frozen server never answers the goodbye.
      await Promise.race([client.end().catch(() => undefined), sleep(500)]);
    }
  }

  /** Patroni's REST behind the proxy, with the lab's credentials. Throws when it cannot be reached in time. */
  async rest(member: string, method: string, route: string, body?: unknown, timeoutMs = 5000): Promise<RestAnswer> {
    const answer = await fetch(`http://${this.member(member).ip}:${PORTS.restBehindProxy}${route}`, {
      method,
      headers: { authorization: `Basic ${Buffer.from(`patroni:${this.secrets.rest}`).toString('base64')}` },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** `GET /patroni` of a member, or null when it does not answer. */
  async patroniStatus(member: string): Promise<Json | null> {
    try {
      return JSON.parse((await this.rest(member, 'GET', '/patroni', undefined, 2500)).text) as Json;
    } catch {
      return null;
    }
  }

  /** Who holds the leader key; null when nobody does. */
  async leader(): Promise<string | null> {
    return (await this.etcd.get(`${this.prefix}leader`))?.value ?? null;
  }

  async mustLeader(): Promise<string> {
    return waitUntil('a leader', 60_000, () => this.leader());
  }

  /** Real members that do not hold the leader key, in order of their names. */
  async replicas(): Promise<string[]> {
    const leader = await this.leader();
    return this.realMembers.map((member) => member.name).filter((name) => name !== leader);
  }

  async dynamicConfig(): Promise<Json> {
    return JSON.parse((await this.etcd.get(`${this.prefix}config`))?.value ?? '{}') as Json;
  }

  /** Merges into the dynamic configuration the way PATCH /config does (null removes), straight in the DCS. */
  async patchConfig(patch: Json): Promise<void> {
    const merge = (into: Json, from: Json): Json => {
      const result = { ...into };
      for (const [key, value] of Object.entries(from)) {
        if (value === null) delete result[key];
        else if (typeof value === 'object' && !Array.isArray(value)) {
          result[key] = merge((result[key] ?? {}) as Json, value as Json);
        } else result[key] = value;
      }
      return result;
    };
    await this.etcd.put(`${this.prefix}config`, JSON.stringify(merge(await this.dynamicConfig(), patch)));
  }

  standardConfig(): Json {
    return dynamicConfig(this.layout, this.options);
  }

  /** Turns maintenance pause on or off and waits until every answering member has seen it. */
  async setPause(on: boolean): Promise<void> {
    await this.patchConfig({ pause: on ? true : null });
    await waitUntil(`pause ${on ? 'on' : 'off'} everywhere`, 30_000, async () => {
      const answers = await Promise.all(this.realMembers.map((member) => this.patroniStatus(member.name)));
      return answers.every((answer) => answer === null || (answer.pause === true) === on);
    });
  }

  /** Runs the generation's own patronictl. Give the scope yourself where the command wants it. */
  async patronictl(
    args: readonly string[],
    timeoutMs = 60_000,
  ): Promise<{ stdout: string; stderr: string; code: number }> {
    const file = path.join(this.layout.dataDir, 'patronictl.yml');
    const tool = (await this.toolbox()).command('patronictl', ['-c', file, ...args]);
    const env = {
      ...partEnvironment(this.layout.dataDir, { part: 'tool', file: '', args, user: null }),
      COLUMNS: '200',
    };
    return runTool(tool, env, this.layout.dataDir, timeoutMs);
  }

  /** A planned change of leader through Patroni's REST; returns the new leader once the key moved. */
  async switchover(candidate?: string): Promise<string> {
    const from = await this.mustLeader();
    const body = candidate === undefined ? { leader: from } : { leader: from, candidate };
    const answer = await this.rest(from, 'POST', '/switchover', body, 60_000);
    if (answer.status !== 200) throw new Error(`switchover from ${from}: ${answer.status} ${answer.text}`);
    return waitUntil('the leader key to move', 30_000, async () => {
      const now = await this.leader();
      return now !== null && now !== from ? now : null;
    });
  }

  // ---- whole-cluster steps

  /** What keeps the lab from being healthy, in words; empty when it is. Believes a replica only if its upstream sends to it. */
  problems(): Promise<string[]> {
    return findProblems(this);
  }

  async waitHealthy(timeoutMs = 120_000): Promise<void> {
    let last: string[] = [];
    await waitUntil(`lab ${this.name} healthy`, timeoutMs, async () => {
      last = await this.problems();
      if (last.length > 0) throw new Error(last.join('; '));
      return true;
    });
  }

  waitUntil<T>(
    what: string,
    timeoutMs: number,
    probe: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  ): Promise<T> {
    return waitUntil(what, timeoutMs, probe);
  }

  async setLoad(on: boolean, commitsPerSecond = 30): Promise<void> {
    this.remember({ load: on });
    await this.endPart('load');
    if (on) {
      const { haproxyIp } = this.layout;
      await this.startAttendant('load', 'write-load', [
        haproxyIp,
        String(PORTS.haproxyPrimary),
        this.secrets.app,
        String(commitsPerSecond),
      ]);
    }
  }

  /** SIGTERM, then SIGKILL after `graceMs`. A leader's Patroni needs long: it waits for its replicas to have everything. */
  async endPart(part: string, graceMs = 2000): Promise<void> {
    await endProcesses(this.layout.dataDir, (process) => process.part === part, 'SIGTERM', graceMs);
  }

  fault(name: FaultName, member?: string): Promise<void> {
    return applyFault(this, name, member ?? null);
  }

  /** Undoes every fault and returns when the cluster is healthy; a member that cannot follow is rebuilt. */
  heal(): Promise<void> {
    return healLab(this);
  }

  /** Starts what is missing. Idempotent; the data of an earlier run are found again. */
  async ensureRunning(say: Say = this.say): Promise<void> {
    const { layout } = this;
    this.makeDir(layout.dataDir, 0o755);
    this.makeDir(path.join(layout.dataDir, 'log'), 0o755);
    const toolbox = await this.toolbox();
    for (const generation of new Set(Object.values(this.state.memberGenerations))) await this.toolbox(generation);
    say(`PostgreSQL ${toolbox.postgresVersion}, Patroni ${toolbox.patroniVersion}, etcd ${toolbox.etcdVersion}`);

    await step(say, 'starting etcd', async () => {
      for (const { name } of layout.etcd) await this.startEtcd(name);
      await waitUntil('etcd has a quorum', 40_000, () => this.etcd.healthy(this.etcdEndpoints[0] ?? ''));
    });

    this.setRestTreatment({});
    this.writeOwned(path.join(layout.dataDir, 'patronictl.yml'), patronictlConfig(layout, this.secrets));
    this.writeOwned(path.join(layout.dataDir, 'haproxy.cfg'), haproxyConfig(layout));
    const routes = this.realMembers.map(({ name, ip }) => ({ name, ip }));
    await this.startAttendant('proxy', 'rest-proxy', [
      JSON.stringify(routes),
      String(PORTS.rest),
      String(PORTS.restBehindProxy),
      path.join(layout.dataDir, 'proxy.json'),
    ]);
    await this.start('haproxy', 'haproxy', ['-db', '-f', path.join(layout.dataDir, 'haproxy.cfg')], this.user);

    await step(say, `starting ${this.realMembers.length} members`, async () => {
      for (const { name } of this.realMembers) {
        await this.writeMemberConfig(name);
        await this.startPatroni(name);
        // The first member makes the cluster; the rest would only race it for the initialize key.
        if (this.systemIdentifier === '') {
          await waitUntil('the first member to become leader', 90_000, () => this.leader());
          await waitUntil('the system identifier', 30_000, async () => {
            const identifier = (await this.etcd.get(`${this.prefix}initialize`))?.value ?? '';
            if (identifier !== '') this.remember({ systemIdentifier: identifier });
            return identifier;
          });
        }
      }
      await waitUntil('a leader that accepts writes', 90_000, async () => {
        const rows = await this.sql(await this.mustLeader(), 'SELECT pg_is_in_recovery() AS standby');
        return rows[0]?.standby === false;
      });
    });
    await step(say, 'roles and tables', () => prepareDatabase(this));
    if (this.members.some((member) => member.standIn)) await this.startStandIns(toolbox);
    if (this.state.load && this.main('load') === undefined) await this.setLoad(true);
  }

  private async startStandIns(toolbox: Toolbox): Promise<void> {
    const [major = 0, minor = 0] = toolbox.postgresVersion.split('.').map(Number);
    const settings = {
      members: this.members.filter((member) => member.standIn).map(({ name, ip, tags }) => ({ name, ip, tags })),
      endpoints: this.etcdEndpoints,
      prefix: this.prefix,
      scope: SCOPE,
      restPort: PORTS.rest,
      postgresPort: PORTS.postgres,
      replicationPassword: this.secrets.replication,
      patroniVersion: toolbox.patroniVersion,
      serverVersion: major * 10_000 + minor,
      modernWords: !toolbox.patroniVersion.startsWith('3.0.'),
      ttlSeconds: this.options.ttl,
      loopSeconds: this.options.loopWait,
      user: this.user === null ? '' : `${this.user.uid}:${this.user.gid}`,
    };
    await this.startAttendant('stand-ins', 'stand-ins', [JSON.stringify(settings)]);
  }

  /** Writes about this many MiB of WAL at the leader and leaves the table as small as before. */
  writeWal(mebibytes: number, at?: string): Promise<void> {
    return writeWal(this, mebibytes, at ?? null);
  }

  writeUserFiles(howdahPort: number): void {
    const { stateDir } = this.layout;
    mkdirSync(stateDir, { recursive: true });
    const write = (name: string, text: string): void => writeFileSync(path.join(stateDir, name), text, { mode: 0o600 });
    write('rest-password', this.secrets.rest);
    write('howdah-password', this.secrets.howdah);
    write('probe-password', this.secrets.probe);
    write('howdah.yaml', howdahConfig(this.layout, howdahPort));
    write('patronictl.yml', patronictlConfig(this.layout, this.secrets));
  }

  /** Ends every process of the lab and proves that nothing listens. `purge` removes data and state too. */
  async down(options: { purge?: boolean } = {}): Promise<void> {
    await endLab(this.layout, this.say, options.purge === true);
    if (options.purge === true) disclaimLab(this.name);
  }
}

/** A lab that was brought up before, by this or another process; null when there is none of this name. */
export function findLab(name: string, say: Say = quiet): Lab | null {
  const state = readState({ stateDir: path.join(CHECKOUT, '.lab', name) });
  return state === null ? null : new Lab(planLayout(name, state.shape), state, say);
}

/** Ends whatever of this lab runs, also when its state is lost. */
export async function endLabByName(name: string, say: Say, purge: boolean): Promise<void> {
  const shape = readState({ stateDir: path.join(CHECKOUT, '.lab', name) })?.shape ?? 'demo';
  await endLab(planLayout(name, shape), say, purge);
  if (purge) disclaimLab(name);
}

/** Ends and removes every lab of this checkout whose name begins so, also where only its processes or its data are left; not
 * those of a run that goes on. */
export async function endLabs(start: string, say: Say): Promise<void> {
  const { stateDir, dataDir } = planLayout('any', 'demo');
  const names = [stateDir, dataDir].map(path.dirname).flatMap((dir) => (existsSync(dir) ? readdirSync(dir) : []));
  for (const name of new Set(names)) {
    if (name.startsWith(start) && !isOfAnotherRun(name)) await endLabByName(name, say, true);
  }
}

/**
 * Brings a lab up and returns when it is healthy. A running one is found again, a stopped one restarted from its data, one
 * of another generation or shape replaced. Leftovers of a crashed run (frozen or half-dead processes) are taken over.
 */
export async function bringUp(options: BringUpOptions = {}): Promise<Lab> {
  const say = options.say ?? quiet;
  const generation = options.generation ?? 'distro';
  const name = options.name ?? generation;
  const shape = options.shape ?? 'demo';
  const layout = planLayout(name, shape);
  claimLab(name);
  const wanted: LabState = {
    prefix: layout.prefix,
    generation,
    shape,
    memberGenerations: options.memberGenerations ?? {},
    load: options.load ?? true,
    cluster: { ...DEFAULT_CLUSTER, ...options.cluster },
    systemIdentifier: '',
    faults: [],
  };
  const before = readState(layout);
  const identity = (state: LabState): string =>
    JSON.stringify([state.prefix, state.generation, state.shape, state.memberGenerations, state.cluster]);
  const same = before !== null && identity(before) === identity(wanted) && existsSync(layout.dataDir);
  if (!same && (before !== null || existsSync(layout.dataDir))) {
    say(`lab ${name} was something else before; starting afresh`);
    await endLab(layout, say, true);
  }
  mkdirSync(layout.stateDir, { recursive: true });
  const state = same ? { ...before, load: wanted.load } : wanted;
  const lab = new Lab(layout, state, say);
  writeFileSync(path.join(layout.stateDir, 'lab.json'), JSON.stringify(state, null, 2));
  lab.thaw();
  // A first start that did not get as far as a cluster leaves nothing worth keeping.
  if (same && before.systemIdentifier === '') {
    await endLab(layout, say, false);
    rmSync(layout.dataDir, { recursive: true, force: true });
  }
  await lab.ensureRunning();
  lab.writeUserFiles(options.howdahPort ?? 3000);
  await step(say, 'waiting until every member streams', async () => {
    if (lab.faults.length > 0) await lab.heal();
    else await lab.waitHealthy(45_000).catch(() => lab.heal());
  });
  return lab;
}
