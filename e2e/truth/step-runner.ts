// Does on the lab what a step tells a person to do: an action goes through Howdah's API, a command is typed on the host that the step names,
// with the lab's own tools in place of systemd and of the paths of an installation. A step that nobody here knows how to do fails the test.
import { execFile } from 'node:child_process';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { stepRequest } from '../../lib/domain/actions/step-request';
import type { CauseStep } from '../../lib/domain/cause/cause';
import { memberDataDir } from '../lab/config-files';
import type { Lab } from '../lab/lab';
import type { Acting } from './acting';
import { inWords, Refused } from './action-client';

/** What a person who has looked, in the log or at the host, mends then. */
export interface Mending {
  /** What Patroni's log, where a step says to read it, must show. */
  readonly log: RegExp | null;
  readonly mend: ((lab: Lab, member: string) => Promise<void> | void) | null;
}

const TYPED_MS = 30_000;
/** Of a log, as `journalctl -n 100` shows it. */
const LOG_LINES = 100;

export class StepRunner {
  /** What was done, a line each. */
  readonly told: string[] = [];
  /** The last one changed nothing: refused, or only said what not to do. */
  idle = false;
  readonly #acting: Acting;
  readonly #mending: Mending;
  readonly #done = new Set<string>();

  constructor(acting: Acting, mending: Mending) {
    this.#acting = acting;
    this.#mending = mending;
  }

  has({ text, command }: CauseStep): boolean {
    return this.#done.has(`${text}|${command}`);
  }

  async run(step: CauseStep): Promise<void> {
    const { text, command, action, refused } = step;
    this.#done.add(`${text}|${command}`);
    this.idle = false;
    const what = `${text}${command === null ? '' : ` [${command}]`}`;
    const did =
      action !== null
        ? refused === null
          ? await this.#act(action)
          : this.#nothing(`refused: ${refused}`)
        : command === null
          ? await this.#follow(String(text))
          : await this.#type(command, String(text));
    this.told.push(`${what}: ${did}`);
  }

  #nothing(why: string): string {
    this.idle = true;
    return why;
  }

  #act(action: NonNullable<CauseStep['action']>): Promise<string> {
    return this.#acting.client.act(stepRequest(action)).then(inWords, (error: unknown) => {
      if (error instanceof Refused) return this.#nothing(`refused: ${error.why}`);
      throw error;
    });
  }

  /** The member that the sentence names. */
  #named(text: string): string {
    const { lab } = this.#acting;
    const name = lab.realMembers.map((member) => member.name).find((one) => new RegExp(`\\b${one}\\b`).test(text));
    if (name === undefined) throw new Error(`the step names no host on which to do it: ${text}`);
    return name;
  }

  async #type(command: string, text: string): Promise<string> {
    const { lab } = this.#acting;
    const [program = '', ...args] = command.split(' ');
    switch (program) {
      case 'systemctl':
        return args[0] === 'stop' ? this.#stop(this.#named(text), text) : this.#restore(this.#named(text));
      case 'journalctl':
        return this.#readLog(text);
      case 'patronictl': {
        // A person answers its question with y.
        const { stdout, stderr, code } = await lab.patronictl([...args, '--force']);
        return `${code}: ${(stdout || stderr).trim().slice(-300)}`;
      }
      case 'SELECT':
      case 'SHOW': {
        const rows = await lab.sql(this.#named(text), command);
        return `${JSON.stringify(rows).slice(0, 200)}${await this.#mend(this.#named(text))}`;
      }
      case 'etcdctl': {
        const { stdout, stderr } = await promisify(execFile)(program, args, {
          timeout: TYPED_MS,
          env: { ...process.env, ETCDCTL_API: '3', ETCDCTL_ENDPOINTS: lab.etcd.endpoints.join(',') },
        }).catch((error: { readonly stdout?: string; readonly stderr?: string }) => error);
        return `${(stdout || stderr || '').trim().slice(-300)}; ${await this.#startEtcd()}`;
      }
      case 'iostat':
      case 'df':
      case 'curl':
        return `looked${await this.#mend(this.#named(text))}`;
      default:
        throw new Error(`nobody here knows how to type: ${command}`);
    }
  }

  async #follow(text: string): Promise<string> {
    const { lab } = this.#acting;
    if (/^Wait/.test(text)) return 'waited';
    if (/^(Send no client|Restart no Patroni|Do not stop|Keep clients)/.test(text)) return this.#nothing('heeded');
    if (/^Save its data directory/.test(text)) return this.#nothing('saved');
    if (/^Check scope and data directory/.test(text)) return this.#nothing('checked');
    if (/^Bring .*(DCS|e\d)/.test(text) || /^Bring it back/.test(text)) return this.#startEtcd();
    if (/^Compact and defragment etcd/.test(text)) {
      await lab.etcd.removePrefix('/howdah-lab/').catch(() => undefined);
      await lab.etcd.recoverSpace();
      return 'compacted, defragmented, disarmed';
    }
    if (this.#mending.mend !== null) {
      for (const { name } of lab.realMembers) await this.#mending.mend(lab, name);
      return 'mended on every member';
    }
    throw new Error(`nobody here knows how to do: ${text}`);
  }

  async #mend(member: string): Promise<string> {
    const { lab } = this.#acting;
    if (this.#mending.mend === null) {
      this.idle = true;
      return ', nothing to mend';
    }
    await this.#mending.mend(lab, member);
    return ', mended what it showed';
  }

  async #readLog(text: string): Promise<string> {
    const { lab } = this.#acting;
    if (/^(Bring a standby back|See why the members)/.test(text)) {
      const dead = (await lab.replicas()).filter((name) => lab.main(`patroni-${name}`) === undefined);
      for (const name of dead) await this.#restore(name);
      return `started ${dead.join(', ')}`;
    }
    const member = this.#named(text);
    const log = readFileSync(path.join(lab.layout.dataDir, 'log', `patroni-${member}.log`), 'utf8');
    const lines = log.split('\n').slice(-LOG_LINES);
    const { log: wanted } = this.#mending;
    const line = wanted === null ? undefined : lines.find((one) => wanted.test(one));
    if (wanted !== null && line === undefined) throw new Error(`the log of ${member} does not say ${wanted}`);
    return `read "${line ?? ''}"${await this.#mend(member)}`;
  }

  /** Its host hangs, or its Patroni is gone: what hangs is ended, what is missing is started. */
  async #restore(member: string): Promise<string> {
    const { lab } = this.#acting;
    const hung = lab.processes().some(({ part, frozen }) => frozen && part === `postgres-${member}`);
    const ill = lab.main(`patroni-${member}`)?.frozen === true;
    if (hung) await lab.kill(`postgres-${member}`);
    if (hung || ill) await lab.kill(`patroni-${member}`);
    if (lab.main(`patroni-${member}`) !== undefined) return `Patroni runs on ${member}${await this.#mend(member)}`;
    await lab.startPatroni(member);
    return `${hung || ill ? 'ended what hung and ' : ''}started Patroni on ${member}`;
  }

  /** And what the sentence says beside it. */
  async #stop(member: string, text: string): Promise<string> {
    const { lab } = this.#acting;
    await lab.kill(`patroni-${member}`);
    if (/then its PostgreSQL/.test(text)) await lab.kill(`postgres-${member}`);
    if (!/move its data directory aside/.test(text)) return `stopped Patroni on ${member}`;
    const from = memberDataDir(lab.layout, member);
    rmSync(`${from}.aside`, { recursive: true, force: true });
    renameSync(from, `${from}.aside`);
    return this.#nothing(`stopped Patroni and PostgreSQL on ${member}, moved its data aside`);
  }

  async #startEtcd(): Promise<string> {
    const { lab } = this.#acting;
    const dead: string[] = [];
    for (const { name } of lab.layout.etcd) {
      const main = lab.main(`etcd-${name}`);
      if (main !== undefined && !main.frozen) continue;
      dead.push(name);
      await lab.kill(`etcd-${name}`);
      await lab.startEtcd(name);
    }
    return `started ${dead.join(', ')}`;
  }
}
