// The lab's processes: start one, find all, end them. The kernel's own process table is the only register: every process
// is started with its lab and its part in its environment, and its children inherit both. So nothing is lost when the
// lab's own command dies between "start" and "write it down", and no process is ever ended by its name.
// PostgreSQL overwrites its environment with its title; it is found by its data directory instead.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { sleep, waitUntil } from './deadline';

export interface LabUser {
  readonly uid: number;
  readonly gid: number;
}

export interface LabProcess {
  readonly pid: number;
  readonly ppid: number;
  /** `etcd-e1`, `patroni-n1`, `postgres-n1`, `haproxy`, `proxy`, `load` ...; the same for a part's children. */
  readonly part: string;
  /** What was unusual about how it was started (another Patroni version, a shifted clock); '' is the normal way. */
  readonly variant: string;
  /** The process the lab itself started, or the postmaster; false for their children. */
  readonly main: boolean;
  readonly frozen: boolean;
}

interface Stat {
  readonly state: string;
  readonly ppid: number;
  readonly session: number;
  readonly comm: string;
  /** Clock ticks since boot; with the pid it names one process for good. */
  readonly startTicks: string;
}

function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const close = text.lastIndexOf(')');
    const fields = text.slice(close + 2).split(' ');
    return {
      comm: text.slice(text.indexOf('(') + 1, close),
      state: fields[0] ?? '?',
      ppid: Number(fields[1]),
      session: Number(fields[3]),
      startTicks: fields[19] ?? '',
    };
  } catch {
    return null;
  }
}

/** Clock ticks since boot; null: there is no such process. */
export function startOf(pid: number): string | null {
  return readStat(pid)?.startTicks ?? null;
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Every live process of the lab whose data live in `dataDir`. */
export function findProcesses(dataDir: string): LabProcess[] {
  const found: LabProcess[] = [];
  const mark = `HOWDAH_LAB=${dataDir}`;
  // Not anchored in front: seen from outside, a process in a chroot works below the root's own path.
  const memberData = new RegExp(`${dataDir.replaceAll('.', '\\.')}/([^/]+)/data(?: \\(deleted\\))?$`);
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const stat = readStat(pid);
    if (stat === null || stat.state === 'Z' || stat.state === 'X') continue;
    const frozen = stat.state === 'T';
    const cwd = attempt(() => readlinkSync(`/proc/${pid}/cwd`)) ?? '';
    const inData = memberData.exec(cwd);
    if (inData?.[1] !== undefined && stat.comm === 'postgres') {
      const parentCwd = attempt(() => readlinkSync(`/proc/${stat.ppid}/cwd`)) ?? '';
      const main = !(parentCwd === cwd && readStat(stat.ppid)?.comm === 'postgres');
      found.push({ pid, ppid: stat.ppid, part: `postgres-${inData[1]}`, variant: '', main, frozen });
      continue;
    }
    const environment = (attempt(() => readFileSync(`/proc/${pid}/environ`, 'latin1')) ?? '').split('\0');
    if (!environment.includes(mark)) continue;
    const value = (key: string): string =>
      environment.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
    found.push({
      pid,
      ppid: stat.ppid,
      part: value('HOWDAH_LAB_PART'),
      variant: value('HOWDAH_LAB_VARIANT'),
      main: stat.session === pid && stat.comm !== 'postgres',
      frozen,
    });
  }
  return found;
}

/** False when it was already gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

export interface PartCommand {
  readonly part: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly variant?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Null: start with our own rights, because the command drops them itself (a chroot, a helper of ours). */
  readonly user: LabUser | null;
}

/** The environment that makes a process recognisable as the lab's. Nothing else is inherited but PATH. */
export function partEnvironment(dataDir: string, command: PartCommand): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    HOME: dataDir,
    HOWDAH_LAB: dataDir,
    HOWDAH_LAB_PART: command.part,
    HOWDAH_LAB_VARIANT: command.variant ?? '',
    ...command.env,
  } as unknown as NodeJS.ProcessEnv;
}

let startsRefused = false;

/** From now on this process starts no part any more: for one that is interrupted while it brings a lab up. */
export function refuseNewParts(): void {
  startsRefused = true;
}

/** Starts a part in a session of its own; its output goes to `<dataDir>/log/<part>.log`. It outlives us. */
export async function startPart(dataDir: string, command: PartCommand): Promise<number> {
  if (startsRefused) throw new Error(`not starting ${command.part}: the lab is being stopped`);
  const logDir = path.join(dataDir, 'log');
  mkdirSync(logDir, { recursive: true });
  const log = openSync(path.join(logDir, `${command.part}.log`), 'a');
  try {
    const child = spawn(command.file, [...command.args], {
      cwd: dataDir,
      env: partEnvironment(dataDir, command),
      detached: true,
      stdio: ['ignore', log, log],
      ...(command.user ?? {}),
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child.pid ?? 0));
    });
    child.unref();
    return pid;
  } finally {
    closeSync(log);
  }
}

/** Sends the signal to all that match and SIGKILLs what is left after `graceMs`. Returns when they are gone. */
export async function endProcesses(
  dataDir: string,
  matches: (process: LabProcess) => boolean,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  const seen = new Map<number, string>();
  const targets = (): LabProcess[] => {
    const found = findProcesses(dataDir).filter(matches);
    for (const { pid } of found) if (!seen.has(pid)) seen.set(pid, readStat(pid)?.startTicks ?? '');
    return found;
  };
  // A process on its way out has no environment any more, so "not found" is not yet "gone".
  const allGone = (): boolean =>
    targets().length === 0 &&
    [...seen].every(([pid, startTicks]) => {
      const stat = readStat(pid);
      return stat === null || stat.state === 'Z' || stat.state === 'X' || stat.startTicks !== startTicks;
    });
  for (const target of targets()) {
    // A child of a part ends with its parent; signalling workers of PostgreSQL one by one would look like crashes.
    if (signal === 'SIGKILL' || target.main) signalProcess(target.pid, signal);
    if (target.frozen) signalProcess(target.pid, 'SIGCONT');
  }
  const end = Date.now() + graceMs;
  while (Date.now() < end) {
    if (allGone()) return;
    await sleep(100);
  }
  await waitUntil('ending processes', 10_000, () => {
    for (const target of targets()) signalProcess(target.pid, 'SIGKILL');
    return allGone();
  });
}

/** Sockets that listen on an address of this lab, as `ip:port`; empty after a good `down`. */
export function findListeners(prefix: string): string[] {
  const found: string[] = [];
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, local, , state] = line.trim().split(/\s+/);
    if (local === undefined || state !== '0A') continue;
    const [hexIp = '', hexPort = ''] = local.split(':');
    const ip = [6, 4, 2, 0].map((at) => Number.parseInt(hexIp.slice(at, at + 2), 16)).join('.');
    if (ip.startsWith(prefix)) found.push(`${ip}:${Number.parseInt(hexPort, 16)}`);
  }
  return found;
}
