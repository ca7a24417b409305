// The lab: a real Patroni cluster on this machine, as one object. It owns what runs; what may be broken is in faults.ts and
// how all of it is put right again in heal.ts. A Lab holds no state of its own that matters: another process finds the
// same lab by its name, from `.lab/<name>/lab.json` and from the process table.

import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { stringify } from 'yaml';
import {
  type ClusterOptions,
  dynamicConfig,
  etcdArguments,
  etcdEndpoints,
  haproxyConfig,
  howdahConfig,
  type Json,
  memberConfig,
  memberConfigFile,
  memberDir,
  patronictlConfig,
} from './config-files';
import { sleep, waitUntil } from './deadline';
import { type Generation, labUser, prepareToolbox, runTool, type Say, step, type Toolbox } from './environments';
import { Etcd } from './etcd';
import { applyFault, type FaultName } from './faults';
import { healLab } from './heal';
import {
  CHECKOUT,
  type Layout,
  loadSecrets,
  type MemberPlan,
  NAMESPACE,
  PORTS,
  planLayout,
  SCOPE,
  type Secrets,
  type Shape,
} from './layout';
import {
  endProcesses,
  findListeners,
  findProcesses,
  type LabProcess,
  type LabUser,
  partEnvironment,
  signalProcess,
  startPart,
} from './processes';

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

export interface ActiveFault {
  readonly name: FaultName;
  readonly member: string | null;
  readonly at: string;
}

/** What `.lab/<name>/lab.json` keeps. */
interface LabState {
  readonly generation: Generation;
  readonly shape: Shape;
  readonly memberGenerations: Readonly<Record<string, Generation>>;
  readonly load: boolean;
  readonly cluster: ClusterOptions;
  readonly systemIdentifier: string;
  readonly faults: readonly ActiveFault[];
}

export interface RestAnswer {
  readonly status: number;
  readonly text: string;
}

export interface StartVariant {
  /** A word that marks the process as unusual, so that `heal` replaces it. */
  readonly variant: string;
  readonly generation?: Generation;
  readonly env?: Readonly<Record<string, string>>;
}

const DEFAULT_CLUSTER: ClusterOptions = { loopWait: 2, ttl: 20, retryTimeout: 3, pgRewind: false };
const TSX = createRequire(import.meta.url).resolve('tsx');
const ATTENDANTS = path.join(path.dirname(fileURLToPath(import.meta.url)), 'attendants');
const PREFIX = `${NAMESPACE}${SCOPE}/`;

const quiet: Say = () => undefined;

function readState(layout: Pick<Layout, 'stateDir'>): LabState | null {
  const file = path.join(layout.stateDir, 'lab.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LabState) : null;
}

export class Lab {
  readonly etcd: Etcd;
  readonly secrets: Secrets;
  private readonly user: LabUser | null;
  private readonly toolboxes = new Map<Generation, Toolbox>();

  constructor(
    readonly layout: Layout,
    private state: LabState,
    readonly say: Say,
  ) {
    this.secrets = loadSecrets(layout);
    this.etcd = new Etcd(etcdEndpoints(layout));
    this.user = labUser();
  }

  get name(): string {
    return this.layout.name;
  }
  get generation(): Generation {
    return this.state.generation;
  }
  get options(): ClusterOptions {
    return this.state.cluster;
  }
  get faults(): readonly ActiveFault[] {
    return this.state.faults;
  }
  /** Of the cluster as it was first made; '' before that. */
  get systemIdentifier(): string {
    return this.state.systemIdentifier;
  }
  get members(): readonly MemberPlan[] {
    return this.layout.members;
  }
  /** Members with a PostgreSQL, that is, without the stand-ins. */
  get realMembers(): readonly MemberPlan[] {
    return this.layout.members.filter((member) => !member.standIn);
  }
  get etcdEndpoints(): string[] {
    return etcdEndpoints(this.layout);
  }
  /** DCS prefix of the scope, with the trailing slash. */
  get prefix(): string {
    return PREFIX;
  }
  get howdahYaml(): string {
    return path.join(this.layout.stateDir, 'howdah.yaml');
  }

  member(name: string): MemberPlan {
    const found = this.members.find((member) => member.name === name);
    if (found === undefined) {
      throw new Error(`no member "${name}" in lab ${this.name}: it has ${this.members.map((m) => m.name).join(', ')}`);
    }
    return found;
  }

  restUrl(member: string): string {
    return `http://${this.member(member).ip}:${PORTS.rest}`;
  }

  // ---- programs and files

  async toolbox(generation: Generation = this.generation): Promise<Toolbox> {
    const known = this.toolboxes.get(generation);
    if (known !== undefined) return known;
    const made = await prepareToolbox(generation, this.say, this.layout.dataDir);
    this.toolboxes.set(generation, made);
    return made;
  }

  generationOf(member: string): Generation {
    return this.state.memberGenerations[member] ?? this.generation;
  }

  private remember(change: Partial<LabState>): void {
    this.state = { ...this.state, ...change };
    const file = path.join(this.layout.stateDir, 'lab.json');
    writeFileSync(`${file}.new`, JSON.stringify(this.state, null, 2));
    renameSync(`${file}.new`, file);
  }

  rememberFault(fault: ActiveFault): void {
    this.remember({ faults: [...this.faults, fault] });
  }

  forgetFaults(): void {
    this.remember({ faults: [] });
  }

  private own(file: string, mode: number): void {
    chmodSync(file, mode);
    if (this.user !== null) chownSync(file, this.user.uid, this.user.gid);
  }

  makeDir(dir: string, mode = 0o700): void {
    if (existsSync(dir)) return;
    mkdirSync(dir, { recursive: true });
    this.own(dir, mode);
  }

  writeOwned(file: string, text: string): void {
    writeFileSync(file, text, { mode: 0o600 });
    this.own(file, 0o600);
  }

  /** Writes a member's patroni.yml, changed by `change` where given. Patroni reads it at its next start or reload. */
  async writeMemberConfig(name: string, change?: (config: Json) => void): Promise<void> {
    const { postgresBin } = await this.toolbox(this.generationOf(name));
    const config = memberConfig(this.layout, this.secrets, this.member(name), this.options, postgresBin);
    // A copy without shared objects: YAML would write those as anchors.
    const copy = structuredClone(config);
    change?.(copy);
    this.makeDir(memberDir(this.layout, name));
    this.writeOwned(memberConfigFile(this.layout, name), stringify(copy, { aliasDuplicateObjects: false }));
  }

  /** Changes a member's patroni.yml and has its Patroni read it. */
  async reconfigureMember(name: string, change?: (config: Json) => void): Promise<void> {
    await this.writeMemberConfig(name, change);
    const main = this.main(`patroni-${name}`);
    if (main !== undefined) signalProcess(main.pid, 'SIGHUP');
  }

  setRestTreatment(treatments: Readonly<Record<string, { delayMs?: number; hang?: boolean }>>): void {
    this.writeOwned(path.join(this.layout.dataDir, 'proxy.json'), JSON.stringify(treatments));
  }

  // ---- processes

  processes(): LabProcess[] {
    return findProcesses(this.layout.dataDir);
  }

  main(part: string): LabProcess | undefined {
    return this.processes().find((process) => process.part === part && process.main);
  }

  /** SIGSTOP to a part and all its children; it keeps its sockets and its leases until they expire. */
  freeze(part: string): void {
    for (const process of this.processes()) if (process.part === part) signalProcess(process.pid, 'SIGSTOP');
  }

  thaw(part?: string): void {
    for (const process of this.processes()) {
      if (part === undefined || process.part === part) signalProcess(process.pid, 'SIGCONT');
    }
  }

  /** Patroni and PostgreSQL of a member at once, as when its machine hangs; `thawMember` lets it go on. */
  freezeMember(name: string): void {
    this.freeze(`patroni-${name}`);
    this.freeze(`postgres-${name}`);
  }

  thawMember(name: string): void {
    this.thaw(`postgres-${name}`);
    this.thaw(`patroni-${name}`);
  }

  /** SIGKILL to a part and its children as they are now; returns when those are gone, even if the part was started again. */
  async kill(part: string): Promise<void> {
    const targets = this.processes().filter((process) => process.part === part);
    for (const { pid } of targets) signalProcess(pid, 'SIGKILL');
    const pids = new Set(targets.map(({ pid }) => pid));
    await waitUntil(`killing ${part}`, 10_000, () => !this.processes().some(({ pid }) => pids.has(pid)), 50);
  }

  /** Kills Patroni first, so that it cannot restart the PostgreSQL that is killed next. */
  async killMember(name: string): Promise<void> {
    await this.kill(`patroni-${name}`);
    await this.kill(`postgres-${name}`);
  }

  private async start(
    part: string,
    file: string,
    args: readonly string[],
    user: LabUser | null,
    extra?: StartVariant,
  ): Promise<void> {
    if (this.main(part) !== undefined) return;
    await startPart(this.layout.dataDir, {
      part,
      file,
      args,
      user,
      ...(extra === undefined ? {} : { variant: extra.variant, env: extra.env ?? {} }),
    });
  }

  /** Starts one of our own helper processes; it drops root by itself. */
  async startAttendant(part: string, script: string, args: readonly string[]): Promise<void> {
    const file = path.join(ATTENDANTS, `${script}.ts`);
    const identity = this.user === null ? '' : `${this.user.uid}:${this.user.gid}`;
    await this.start(part, process.execPath, ['--import', TSX, file, ...args, identity], null);
  }

  async startEtcd(name: string): Promise<void> {
    const member = this.layout.etcd.find((etcd) => etcd.name === name);
    if (member === undefined) throw new Error(`no etcd member "${name}": e1, e2, e3`);
    this.makeDir(path.join(this.layout.dataDir, name));
    const tool = (await this.toolbox()).command('etcd', etcdArguments(this.layout, member.name, member.ip));
    await this.start(`etcd-${name}`, tool.file, tool.args, tool.user);
  }

  async startPatroni(name: string, extra?: StartVariant): Promise<void> {
    const toolbox = await this.toolbox(extra?.generation ?? this.generationOf(name));
    const tool = toolbox.command('patroni', [memberConfigFile(this.layout, name)]);
    await this.start(`patroni-${name}`, tool.file, tool.args, tool.user, extra);
  }

  /** Runs a PostgreSQL program (pg_ctl, initdb, ...) of the lab's generation as the lab's user. */
  async runPostgresProgram(program: string, args: readonly string[], timeoutMs = 60_000): Promise<string> {
    const tool = (await this.toolbox()).command('postgres', args, program);
    const env = partEnvironment(this.layout.dataDir, { part: 'tool', file: tool.file, args, user: tool.user });
    const { code, stdout, stderr } = await runTool(tool, env, this.layout.dataDir, timeoutMs);
    if (code !== 0) throw new Error(`${program}: ${stderr || stdout}`);
    return stdout;
  }

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
    return (await this.etcd.get(`${PREFIX}leader`))?.value ?? null;
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
    return JSON.parse((await this.etcd.get(`${PREFIX}config`))?.value ?? '{}') as Json;
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
    await this.etcd.put(`${PREFIX}config`, JSON.stringify(merge(await this.dynamicConfig(), patch)));
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
  async problems(): Promise<string[]> {
    const problems: string[] = [];
    const alive = await Promise.all(this.etcdEndpoints.map((endpoint) => this.etcd.healthy(endpoint)));
    alive.forEach((ok, at) => {
      if (!ok) problems.push(`etcd e${at + 1} is not healthy`);
    });
    const leader = await this.leader().catch(() => null);
    if (leader === null) return [...problems, 'no leader'];
    const streaming = new Set<string>();
    for (const upstream of new Set([
      leader,
      ...this.realMembers.map((member) => String(member.tags.replicatefrom ?? leader)),
    ])) {
      const rows = await this.sql(
        upstream,
        "SELECT application_name AS name FROM pg_stat_replication WHERE state = 'streaming'",
      ).catch(() => []);
      for (const row of rows) streaming.add(String(row.name));
    }
    const failover = (await this.etcd.get(`${PREFIX}failover`))?.value ?? '{}';
    if (failover !== '{}') problems.push(`failover key is ${failover}`);
    await Promise.all(
      this.members.map(async ({ name, standIn }) => {
        if (name !== leader && !streaming.has(name)) problems.push(`${name} is not streaming`);
        if (standIn) return;
        const status = await this.patroniStatus(name);
        if (status === null) problems.push(`${name}: REST does not answer`);
        else if (status.state !== 'running') problems.push(`${name}: state ${String(status.state)}`);
        else if (status.pending_restart === true) problems.push(`${name}: pending restart`);
        else if (status.pause === true) problems.push(`${name}: paused`);
        else if (status.scheduled_restart !== undefined) problems.push(`${name}: restart scheduled`);
        else if (status.cluster_unlocked === true) problems.push(`${name}: sees no leader`);
        else if (status.failsafe_mode_is_active === true) problems.push(`${name}: failsafe mode is active`);
        else if (name === leader && status.role !== 'master' && status.role !== 'primary')
          problems.push(`${name}: not promoted yet`);
        if ((await this.etcd.get(`${PREFIX}members/${name}`)) === null) problems.push(`${name}: no member key`);
      }),
    );
    return problems.sort();
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
            const identifier = (await this.etcd.get(`${PREFIX}initialize`))?.value ?? '';
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
    await step(say, 'roles and tables', () => this.prepareDatabase());
    if (this.members.some((member) => member.standIn)) await this.startStandIns(toolbox);
    if (this.state.load && this.main('load') === undefined) await this.setLoad(true);
  }

  private async startStandIns(toolbox: Toolbox): Promise<void> {
    const [major = 0, minor = 0] = toolbox.postgresVersion.split('.').map(Number);
    const settings = {
      members: this.members.filter((member) => member.standIn).map(({ name, ip, tags }) => ({ name, ip, tags })),
      endpoints: this.etcdEndpoints,
      prefix: PREFIX,
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

  /** The roles of Howdah, its probe and the load, with the tables these two write. Every statement may run again. */
  private async prepareDatabase(): Promise<void> {
    const leader = await this.mustLeader();
    const role = (name: string, password: string): string =>
      `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name} LOGIN; END IF; END $$;
       ALTER ROLE ${name} PASSWORD '${password}';`;
    await this.sql(
      leader,
      `${role('howdah', this.secrets.howdah)} ${role('howdah_probe', this.secrets.probe)} ${role('app', this.secrets.app)}
       GRANT pg_monitor TO howdah;
       ALTER ROLE howdah CONNECTION LIMIT 6;
       ALTER ROLE howdah SET statement_timeout = '5s';
       ALTER ROLE howdah SET default_transaction_read_only = on;
       CREATE SCHEMA IF NOT EXISTS howdah;
       CREATE TABLE IF NOT EXISTS howdah.probe
         (scope text PRIMARY KEY, n bigint NOT NULL DEFAULT 0, at timestamptz NOT NULL DEFAULT now());
       GRANT USAGE ON SCHEMA howdah TO howdah_probe;
       GRANT SELECT, INSERT, UPDATE ON howdah.probe TO howdah_probe;
       CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION app;
       CREATE TABLE IF NOT EXISTS app.load (id int PRIMARY KEY, n bigint NOT NULL, at timestamptz NOT NULL);
       CREATE TABLE IF NOT EXISTS app.bulk (id int, filler text);
       ALTER TABLE app.bulk ALTER COLUMN filler SET STORAGE PLAIN;
       ALTER TABLE app.load OWNER TO app;
       ALTER TABLE app.bulk OWNER TO app;`,
      [],
      30_000,
    );
  }

  /** Writes about this many MiB of WAL at the leader and leaves the table as small as before. */
  async writeWal(mebibytes: number, at?: string): Promise<void> {
    const leader = at ?? (await this.mustLeader());
    for (let done = 0; done < mebibytes; done += 8) {
      const rows = Math.min(8, mebibytes - done) * 128;
      await this.sql(
        leader,
        `BEGIN; SET LOCAL synchronous_commit = off;
         INSERT INTO app.bulk SELECT i, repeat(md5(i::text), 240) FROM generate_series(1, ${rows}) i;
         TRUNCATE app.bulk; COMMIT;`,
        [],
        30_000,
      );
    }
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
  }
}

async function endLab(layout: Layout, say: Say, purge: boolean): Promise<void> {
  const { dataDir } = layout;
  await step(say, `stopping lab ${layout.name}`, async () => {
    const is =
      (...words: string[]) =>
      (process: LabProcess): boolean =>
        words.some((word) => process.part.startsWith(word));
    await endProcesses(dataDir, is('load', 'haproxy', 'stand-ins', 'lease-holder', 'tool'), 'SIGTERM', 2000);
    // Patroni stops its PostgreSQL; a PostgreSQL it no longer knows about is asked after it.
    await endProcesses(dataDir, is('patroni-'), 'SIGTERM', 12_000);
    await endProcesses(dataDir, is('postgres-'), 'SIGINT', 5000);
    await endProcesses(dataDir, is('etcd-', 'proxy'), 'SIGTERM', 4000);
    await endProcesses(dataDir, () => true, 'SIGKILL', 1000);
    // The threads of a process that is already a zombie may hold its sockets for a moment longer.
    await waitUntil('nothing to listen any more', 10_000, () => {
      const listeners = findListeners(layout.prefix);
      if (listeners.length > 0) throw new Error(`still listening: ${listeners.join(', ')}`);
      return true;
    });
  });
  if (purge) {
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(layout.stateDir, { recursive: true, force: true });
    try {
      rmdirSync(path.dirname(dataDir));
    } catch {
      // Another lab of this checkout lives there.
    }
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
  const wanted: LabState = {
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
    JSON.stringify([state.generation, state.shape, state.memberGenerations, state.cluster]);
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
