// The handle of a lab: a real Patroni cluster on this machine, as one object that is asked and told. How it is brought up is in
// bring-up.ts, what may be broken in faults.ts, how all of it is put right again in heal.ts. It holds no state of its own that
// matters: another process finds the same lab by its name, from `.lab/<name>/lab.json` and from the process table.

import path from 'node:path';
import pg from 'pg';
import { dynamicConfig, type Json } from './config-files';
import { sleep, waitUntil } from './deadline';
import { endLab } from './end';
import { runTool } from './environments';
import { LabHost } from './host';
import { PORTS } from './layout';
import { disclaimLab } from './owner';
import { endProcesses, partEnvironment } from './processes';

export interface RestAnswer {
  readonly status: number;
  readonly text: string;
}

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
    const failover = (await this.etcd.get(`${this.prefix}failover`))?.value ?? '{}';
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
        if ((await this.etcd.get(`${this.prefix}members/${name}`)) === null) problems.push(`${name}: no member key`);
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

  /** Writes about this many MiB of WAL at the leader, or at the member named, and leaves the table as small as before. */
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

  /** Ends every process of the lab and proves that nothing listens. `purge` removes data and state too. */
  async down(options: { purge?: boolean } = {}): Promise<void> {
    await endLab(this.layout, this.say, options.purge === true);
    if (options.purge === true) disclaimLab(this.name);
  }
}
