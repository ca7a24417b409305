// The members of an etcd as it lists them itself, and what each says when it is asked at its own address. A member that the settings do
// not name is asked where it says that clients find it, and believed only where that very member answers. Used to look and to act: both
// count who lives by what every member says now, never by the list.
import type { Etcd3 } from 'etcd3';
import type { NodeStatus } from '../../../domain/care/raw-care';
import type { Reading } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { say } from '../../../language/sentence';
import { ReadingRefused, readWithin } from '../../failure';
import { classifyEtcd, createEtcdClient, type EtcdCredentials } from './client';

const DEADLINE_MS = 3000;
/** Beyond this nobody runs an etcd. */
const MEMBERS_MAX = 32;
const ADDRESSES_MAX = 4;

export interface ListedMember {
  /** Decimal. */
  readonly id: string;
  /** '': it was never started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

export interface MemberStatus extends NodeStatus {
  readonly memberId: string;
  readonly clusterId: string;
  readonly revision: string;
  /** Who leads, as this member knows. '0': it knows nobody. */
  readonly leaderId: string;
}

export interface EtcdMember {
  /** null: of the settings, and nothing tells which member it is. */
  readonly listed: ListedMember | null;
  /** Where it answered, or was last tried; null: it says no address. */
  readonly url: string | null;
  readonly status: Reading<MemberStatus>;
}

export interface EtcdLook {
  /** Of the list first, then addresses of the settings that belong to none of them. */
  readonly members: readonly EtcdMember[];
  /** Of the member that leads, else of one that answers. */
  readonly list: Reading<readonly ListedMember[]>;
}

export class EtcdMembers {
  readonly #hosts: readonly string[];
  readonly #credentials: EtcdCredentials;
  readonly #now: () => number;
  readonly #clients = new Map<string, Etcd3>();

  constructor(hosts: readonly string[], credentials: EtcdCredentials, now: () => number) {
    this.#hosts = hosts;
    this.#credentials = credentials;
    this.#now = now;
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  /** One for each address, kept. */
  clientOf(url: string): Etcd3 {
    const known = this.#clients.get(url);
    if (known !== undefined) return known;
    const client = createEtcdClient(url, this.#credentials, DEADLINE_MS);
    this.#clients.set(url, client);
    return client;
  }

  async look(): Promise<EtcdLook> {
    const asked = await Promise.all(this.#hosts.map(async (url) => ({ url, status: await this.#status(url) })));
    const list = await this.#list(asked);
    if (!list.ok) return { members: asked.map((one) => ({ listed: null, ...one })), list };
    const alarms = await this.#alarms(asked);
    const members = await Promise.all(
      list.value.map(async (listed): Promise<EtcdMember> => {
        const mine = asked.find(({ status }) => status.ok && status.value.memberId === listed.id);
        const found = mine ?? (await this.#statusOf(listed, asked));
        const { url, status } = found;
        if (!status.ok) return { listed, url, status };
        const own = alarms.get(listed.id) ?? [];
        const role = listed.isLearner && status.value.role === 'follower' ? 'learner' : status.value.role;
        return { listed, url, status: { ...status, value: { ...status.value, role, alarms: own } } };
      }),
    );
    const used = new Set(members.map(({ url }) => url));
    const others = asked.filter(({ url, status }) => !used.has(url) && !isMember(list.value, url, status));
    this.#forget(new Set([...this.#hosts, ...used]));
    return { members: [...members, ...others.map((one) => ({ listed: null, ...one }))], list };
  }

  /** At an address of the settings that it calls its own, else at one that it names. */
  async #statusOf(
    { id, clientUrls }: ListedMember,
    asked: readonly { readonly url: string; readonly status: Reading<MemberStatus> }[],
  ): Promise<{ readonly url: string | null; readonly status: Reading<MemberStatus> }> {
    const own = asked.find(({ url }) => clientUrls.some((one) => isSameAddress(one, url)));
    if (own !== undefined) return own;
    let last: { readonly url: string | null; readonly status: Reading<MemberStatus> } = {
      url: null,
      status: {
        ok: false,
        error: failure('skipped', say`it names no address for clients`),
        at: this.#now(),
        tookMs: 0,
      },
    };
    const scheme = URL.parse(this.#hosts[0] ?? '')?.protocol;
    for (const url of clientUrls.slice(0, ADDRESSES_MAX)) {
      // What is asked in TLS is asked in TLS of all.
      if (URL.parse(url)?.protocol !== scheme) continue;
      const status = await this.#status(url);
      last = { url, status };
      if (status.ok && status.value.memberId === id) return last;
      if (status.ok)
        last = {
          url,
          status: { ...status, ok: false, error: failure('malformed', say`another member answers there`) },
        };
    }
    return last;
  }

  #status(url: string): Promise<Reading<MemberStatus>> {
    return this.#ask(async () => {
      const status = await this.clientOf(url).maintenance.status();
      const { member_id: memberId, cluster_id: clusterId, revision } = status.header;
      const isLearner = 'isLearner' in status && status.isLearner === true;
      const role =
        status.leader === '0'
          ? 'leaderless'
          : isLearner
            ? 'learner'
            : memberId === status.leader
              ? 'leader'
              : 'follower';
      return {
        memberId,
        clusterId,
        revision,
        leaderId: status.leader,
        role,
        version: status.version,
        term: status.raftTerm,
        position: countOf(status.raftIndex),
        sizeBytes: countOf(status.dbSize),
        // Before 3.4 it is not told, and an empty field is zero.
        inUseBytes: countOf(status.dbSizeInUse) || null,
        alarms: [],
      };
    });
  }

  /** As the leader has it, else as anybody does: each answers of itself, also without a quorum. */
  async #list(
    asked: readonly { readonly url: string; readonly status: Reading<MemberStatus> }[],
  ): Promise<Reading<readonly ListedMember[]>> {
    const order = asked
      .filter(({ status }) => status.ok)
      .sort((a, b) => rankOf(a.status) - rankOf(b.status))
      .slice(0, 3);
    let last: Reading<readonly ListedMember[]> | null = null;
    for (const { url } of order) {
      last = await this.#ask(async () => {
        const { members } = await this.clientOf(url).cluster.memberList({ linearizable: false });
        if (members.length > MEMBERS_MAX) throw new ReadingRefused(failure('malformed'));
        return members.map(({ ID: id, name, peerURLs: peerUrls, clientURLs: clientUrls, isLearner }) => ({
          ...{ id, name, peerUrls, clientUrls, isLearner },
        }));
      });
      if (last.ok) return last;
    }
    const refused = asked.find(({ status }) => !status.ok)?.status;
    if (last === null && refused?.ok === false) return refused;
    return last ?? { ok: false, error: failure('skipped'), at: this.#now(), tookMs: 0 };
  }

  /** By member; empty where none are raised, or nobody tells. */
  async #alarms(
    asked: readonly { readonly url: string; readonly status: Reading<MemberStatus> }[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const url = asked.find(({ status }) => status.ok && status.value.role !== 'leaderless')?.url;
    const found = new Map<string, string[]>();
    if (url === undefined) return found;
    const answer = await this.#ask(() =>
      this.clientOf(url).maintenance.alarm({ action: 'Get', memberID: 0, alarm: 'None' }),
    );
    for (const { memberID, alarm } of answer.ok ? answer.value.alarms : [])
      found.set(memberID, [...(found.get(memberID) ?? []), String(alarm).toUpperCase()]);
    return found;
  }

  #ask<T>(question: () => Promise<T>): Promise<Reading<T>> {
    return readWithin(question, DEADLINE_MS + 500, this.#now, classifyEtcd);
  }

  /** Addresses of members that are there no more. */
  #forget(wanted: ReadonlySet<string | null>): void {
    for (const [url, client] of [...this.#clients])
      if (!wanted.has(url)) {
        client.close();
        this.#clients.delete(url);
      }
  }
}

function rankOf(status: Reading<MemberStatus>): number {
  return status.ok ? ['leader', 'follower', 'learner', 'leaderless'].indexOf(status.value.role) : 9;
}

function isMember(list: readonly ListedMember[], url: string, status: Reading<MemberStatus>): boolean {
  if (status.ok) return list.some(({ id }) => id === status.value.memberId);
  return list.some(({ clientUrls }) => clientUrls.some((one) => isSameAddress(one, url)));
}

function isSameAddress(a: string, b: string): boolean {
  const [one, other] = [URL.parse(a), URL.parse(b)];
  return one !== null && other !== null && one.host === other.host && one.protocol === other.protocol;
}

function countOf(text: string | undefined): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}
