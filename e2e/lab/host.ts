// The machine's side of a lab: its folders, files, programs and processes, and the state that outlives a command. What the
// cluster on top is asked is lab.ts's.

import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import {
  type ClusterOptions,
  etcdArguments,
  etcdEndpoints,
  type Json,
  memberConfig,
  memberConfigFile,
  memberDir,
} from './config-files';
import { waitUntil } from './deadline';
import { type Generation, labUser, prepareToolbox, runTool, type Say, type Toolbox } from './environments';
import { Etcd } from './etcd';
import { type Layout, loadSecrets, type MemberPlan, NAMESPACE, PORTS, SCOPE, type Secrets, type Shape } from './layout';
import { findProcesses, type LabProcess, type LabUser, partEnvironment, signalProcess, startPart } from './processes';

export interface ActiveFault {
  /** A row of faults.ts, now or when it was caused. */
  readonly name: string;
  readonly member: string | null;
  readonly at: string;
}

/** What `.lab/<name>/lab.json` keeps. */
export interface LabState {
  /** As in Layout; a lab made at another address starts afresh. */
  readonly prefix: string;
  readonly generation: Generation;
  readonly shape: Shape;
  readonly memberGenerations: Readonly<Record<string, Generation>>;
  readonly load: boolean;
  readonly cluster: ClusterOptions;
  readonly systemIdentifier: string;
  readonly faults: readonly ActiveFault[];
}

export interface StartVariant {
  /** A word that marks the process as unusual, so that `heal` replaces it. */
  readonly variant: string;
  readonly generation?: Generation;
  readonly env?: Readonly<Record<string, string>>;
}

const TSX = createRequire(import.meta.url).resolve('tsx');
const ATTENDANTS = path.join(path.dirname(fileURLToPath(import.meta.url)), 'attendants');

export function readState(layout: Pick<Layout, 'stateDir'>): LabState | null {
  const file = path.join(layout.stateDir, 'lab.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LabState) : null;
}

export class LabHost {
  readonly etcd: Etcd;
  readonly secrets: Secrets;
  readonly user: LabUser | null;
  private readonly toolboxes = new Map<Generation, Toolbox>();

  constructor(
    readonly layout: Layout,
    private kept: LabState,
    readonly say: Say,
  ) {
    this.secrets = loadSecrets(layout);
    this.etcd = new Etcd(etcdEndpoints(layout));
    this.user = labUser();
  }

  get state(): LabState {
    return this.kept;
  }
  get name(): string {
    return this.layout.name;
  }
  get generation(): Generation {
    return this.kept.generation;
  }
  get options(): ClusterOptions {
    return this.kept.cluster;
  }
  get faults(): readonly ActiveFault[] {
    return this.kept.faults;
  }
  /** Of the cluster as it was first made; '' before that. */
  get systemIdentifier(): string {
    return this.kept.systemIdentifier;
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
    return `${NAMESPACE}${SCOPE}/`;
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
    return this.kept.memberGenerations[member] ?? this.generation;
  }

  remember(change: Partial<LabState>): void {
    this.kept = { ...this.kept, ...change };
    const file = path.join(this.layout.stateDir, 'lab.json');
    writeFileSync(`${file}.new`, JSON.stringify(this.kept, null, 2));
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

  async start(
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
}
