// Asks one member: `GET /patroni` and SQL, each with at most one question in flight and a deadline of its own, so that a
// wedged witness delays neither the other nor another member. Keeps the newest and the newest good answer of each.
import type { Activity } from '../../domain/activity/activity';
import { parseActivity } from '../../domain/activity/parse';
import {
  type CertificateEnds,
  type HttpAnswer,
  NEVER_ASKED,
  type RawMember,
  type Reading,
  type SqlAnswer,
  type Witness,
} from '../../domain/raw';
import { failure } from '../../domain/reading-failure';
import { shownAt } from '../../io/certificate';
import { witness } from '../../io/dcs/wait';
import type { PatroniReader } from '../../io/patroni';
import { createPostgresReader, type PostgresReader } from '../../io/postgres';
import type { PostgresTarget } from '../../io/postgres-link';
import { formatAddress } from '../config/address';
import type { Hosts } from './hosts';

export interface MemberAddress {
  readonly apiUrl: string | null;
  readonly host: string | null;
  readonly port: number | null;
}

export interface PollerContext {
  readonly patroni: PatroniReader;
  /** null: no SQL role configured. */
  readonly postgres: Omit<PostgresTarget, 'host' | 'port'> | null;
  /** null: their machines are not asked. */
  readonly hosts?: Hosts | null;
  readonly deadlineMs: number;
  readonly now: () => number;
  /** Told of every answer and failure. */
  readonly counted?: (witness: 'patroni' | 'sql', reading: Reading<unknown>) => void;
}

/** A restart that only PostgreSQL knows of, an archiver that begins to fail: said within 5 s where somebody looks. It costs the server 1 ms. */
const SLOW_EVERY_MS = 3000;
/** Figures of a machine: what fills a disk is seen over minutes. */
const MACHINE_EVERY_MS = 10_000;
/** They end in days. */
const CERTIFICATES_EVERY_MS = 10 * 60_000;
/** Somebody looks at its sessions. PostgreSQL itself ends the statement after 3 s. */
const ACTIVITY_MS = 2000;

export class MemberPoller {
  readonly name: string;
  readonly #context: PollerContext;
  #address: MemberAddress;
  #listedAt: number | null = null;
  #isListed = false;
  #patroni: Witness<HttpAnswer> = NEVER_ASKED;
  #sql: Witness<SqlAnswer>;
  #reader: PostgresReader | null = null;
  #machine: Witness<{ readonly body: string }> = NEVER_ASKED;
  #machineNextAt = 0;
  #certificates: CertificateEnds | null = null;
  #certificatesNextAt = 0;
  #asking = { patroni: false, sql: false };
  #sqlOut: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(name: string, address: MemberAddress, context: PollerContext) {
    this.name = name;
    this.#address = address;
    this.#context = context;
    this.#sql = NEVER_ASKED;
  }

  get apiUrl(): string | null {
    return this.#address.apiUrl;
  }

  get listedAt(): number | null {
    return this.#listedAt;
  }

  /** The newest good answer of either; null: never. */
  get answeredAt(): number | null {
    const times = [this.#patroni.good?.at, this.#sql.good?.at].filter((at) => at !== undefined);
    return times.length === 0 ? null : Math.max(...times);
  }

  get answers(): boolean {
    return this.#patroni.last?.ok === true;
  }

  /** `isPresent`: it still is; else only remembered. Patroni moved to another address: old answers stay until new ones come, the SQL connection does not. */
  listed(address: MemberAddress, at: number, isPresent = true): void {
    this.#listedAt = at;
    this.#isListed = isPresent;
    const moved = address.host !== this.#address.host || address.port !== this.#address.port;
    // A member key in the middle of a start can lack its addresses; what was known stays.
    this.#address = {
      apiUrl: address.apiUrl ?? this.#address.apiUrl,
      host: address.host ?? this.#address.host,
      port: address.port ?? this.#address.port,
    };
    if (!moved || address.host === null) return;
    this.#dropReader();
    this.#certificates = null;
    this.#certificatesNextAt = 0;
  }

  /** It is not in the list any more; until this moment it was. */
  gone(at: number): void {
    if (this.#isListed) this.#listedAt = at;
    this.#isListed = false;
  }

  /** Resolves when both answered or missed their deadline. `onAnswer` is told of each. */
  async poll(onAnswer: () => void): Promise<void> {
    void this.#askMachine(onAnswer);
    await Promise.all([this.#askPatroni(onAnswer), this.#askSql(onAnswer)]);
    void this.#askCertificates(onAnswer);
  }

  /** After a round, so that Patroni has no second question; who did not answer is not asked. What was seen once stays. */
  async #askCertificates(onAnswer: () => void): Promise<void> {
    const { apiUrl, host, port } = this.#address;
    const { patroni, postgres, now } = this.#context;
    const rest = apiUrl !== null && this.answers ? apiUrl : null;
    const sql = postgres !== null && host !== null && port !== null && this.#sql.last?.ok === true;
    if (this.#closed || now() < this.#certificatesNextAt || (rest === null && !sql)) return;
    this.#certificatesNextAt = now() + CERTIFICATES_EVERY_MS;
    const [restEndsAt, postgresEndsAt] = await Promise.all([
      rest === null ? null : patroni.certificateEndsAt(rest),
      sql ? shownAt({ host, port, tls: postgres.tls, isInside: postgres.isInside }, true) : null,
    ]);
    if (this.#closed || (restEndsAt === null && postgresEndsAt === null)) return;
    this.#certificates = {
      restEndsAt: restEndsAt ?? this.#certificates?.restEndsAt ?? null,
      postgresEndsAt: postgresEndsAt ?? this.#certificates?.postgresEndsAt ?? null,
    };
    onAnswer();
  }

  /** No witness: nothing waits for it. The next turn begins after its deadline, so that no two are out. */
  async #askMachine(onAnswer: () => void): Promise<void> {
    const { host } = this.#address;
    const { hosts, now, deadlineMs } = this.#context;
    if (hosts == null || host === null || this.#closed || now() < this.#machineNextAt) return;
    this.#machineNextAt = now() + Math.max(MACHINE_EVERY_MS, deadlineMs);
    const url = `${formatAddress({ scheme: hosts.scheme, host, port: hosts.port })}${hosts.path}`;
    const reading = await hosts.reader.get(url, deadlineMs);
    if (this.#closed) return;
    this.#machine = witness(this.#machine, reading);
    onAnswer();
  }

  async #askPatroni(onAnswer: () => void): Promise<void> {
    const { apiUrl } = this.#address;
    if (this.#asking.patroni || apiUrl === null || this.#closed) return;
    this.#asking.patroni = true;
    const reading = await this.#context.patroni.get(apiUrl, '/patroni', this.#context.deadlineMs);
    this.#asking.patroni = false;
    if (this.#closed) return;
    this.#context.counted?.('patroni', reading);
    this.#patroni = witness(this.#patroni, reading);
    onAnswer();
  }

  async #askSql(onAnswer: () => void): Promise<void> {
    const { host, port } = this.#address;
    const { postgres } = this.#context;
    if (this.#asking.sql || postgres === null || host === null || port === null || this.#closed) return;
    this.#reader ??= createPostgresReader({ ...postgres, host, port }, this.#context.now);
    const reading = await this.#take(this.#reader.read(this.#context.deadlineMs, SLOW_EVERY_MS));
    if (this.#closed) return;
    this.#context.counted?.('sql', reading);
    this.#sql = witness(this.#sql, reading);
    onAnswer();
  }

  /** What goes on inside its PostgreSQL, asked after the question that is out; null: nobody can be asked. It is no witness of the round. */
  async activity(): Promise<Reading<Activity> | null> {
    while (this.#asking.sql) await this.#sqlOut;
    const { host, port } = this.#address;
    const { postgres, now } = this.#context;
    if (postgres === null || host === null || port === null || this.#closed) return null;
    this.#reader ??= createPostgresReader({ ...postgres, host, port }, now);
    const reading = await this.#take(this.#reader.activity(ACTIVITY_MS));
    if (!reading.ok) return reading;
    const value = parseActivity(reading.value);
    return value === null ? { ...reading, ok: false, error: failure('malformed') } : { ...reading, value };
  }

  /** Never two questions at once. A reader does not reject. */
  async #take<T>(question: Promise<T>): Promise<T> {
    this.#asking.sql = true;
    this.#sqlOut = question;
    const reading = await question;
    this.#asking.sql = false;
    return reading;
  }

  raw(): RawMember {
    return {
      name: this.name,
      ...this.#address,
      listedAt: this.#listedAt,
      patroni: this.#patroni,
      sql: this.#context.postgres === null ? null : this.#sql,
      ...(this.#context.hosts == null ? {} : { machine: this.#machine }),
      ...(this.#certificates === null ? {} : { certificates: this.#certificates }),
    };
  }

  #dropReader(): void {
    this.#reader?.close();
    this.#reader = null;
  }

  close(): void {
    this.#closed = true;
    this.#dropReader();
  }
}
