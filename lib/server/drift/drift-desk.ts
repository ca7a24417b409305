// Compares the members of every cluster, slowly, and keeps what differs, not what was read. One cluster after the other, each at most
// once in some minutes, whoever looks; a statement that hurts a member is left out there for a day (domain/drift/pace.ts).
import { isAbout } from '../../domain/alerts/rules';
import type { Member, Snapshot } from '../../domain/cluster';
import { type Difference, differencesOf } from '../../domain/drift/differences';
import { DRIFT_STATEMENTS, type MemberFacts, parseFacts, type StatementCost } from '../../domain/drift/facts';
import { isOff, type Paces, paceAfter } from '../../domain/drift/pace';
import { DEFAULT_PROFILE, type Deviation, deviationsOf, type Profile } from '../../domain/drift/profile';
import { compareSettings, type SettingsView } from '../../domain/drift/settings';
import type { Reading } from '../../domain/raw';
import type { DriftReading, readDrift } from '../../io/postgres-drift';
import { say, type Text } from '../../language/sentence';
import { targetOf } from '../actions/reach';
import type { HowdahConfig } from '../config/config';
import { log } from '../log';

const AT_ONCE = 8;
/** Between two clusters: 500 of them come round in ten minutes. */
const BREATH_MS = 1000;
/** Who asks again and again gets the same answer within this. */
const FRESH_MS = 15_000;
/** Where somebody was not read it is looked at again sooner. */
const THIN_MS = 60_000;
const KEPT_MAX = 5000;

export interface MemberLook {
  readonly member: string;
  /** null: it was not read. */
  readonly at: number | null;
  readonly problem: Text | null;
  readonly costs: readonly (StatementCost & { readonly off: boolean })[];
}

export interface Look {
  readonly scope: string;
  readonly at: number;
  readonly members: readonly MemberLook[];
  /** null: no member could be read. */
  readonly settings: SettingsView | null;
  readonly differences: readonly Difference[];
  /** Of which database the extensions are. */
  readonly database: string | null;
  readonly profile: string;
  readonly deviations: readonly Deviation[];
}

export interface DriftDeps {
  readonly config: Pick<HowdahConfig, 'sources' | 'drift' | 'replay'>;
  readonly newest: (scope: string) => Promise<Snapshot>;
  readonly scopes: () => readonly string[];
  readonly read: typeof readDrift;
  readonly now: () => number;
}

export class DriftDesk {
  readonly #deps: DriftDeps;
  readonly #looks = new Map<string, { readonly look: Look; readonly dueAt: number }>();
  readonly #looking = new Map<string, Promise<Look>>();
  readonly #paces = new Map<string, Paces>();
  readonly #everyMs: number;
  /** Of all profiles: wanted also where they are at their default. */
  readonly #names: readonly string[];
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(deps: DriftDeps) {
    this.#deps = deps;
    const { everyMinutes, profiles } = deps.config.drift;
    this.#everyMs = everyMinutes * 60_000;
    this.#names = [...new Set(profiles.flatMap(({ settings }) => Object.keys(settings)))];
  }

  get everyMs(): number {
    return this.#everyMs;
  }

  start(): void {
    // Recordings cannot be asked.
    if (this.#deps.config.replay === null) this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #arm(): void {
    this.#timer = setTimeout(async () => {
      await this.#next();
      if (!this.#stopped) this.#arm();
    }, BREATH_MS);
  }

  /** The one that has waited longest, if it is due. */
  async #next(): Promise<void> {
    const { now, scopes } = this.#deps;
    const known = scopes();
    for (const scope of this.#looks.keys()) if (!known.includes(scope)) this.#forget(scope);
    const dueAt = (scope: string): number => this.#looks.get(scope)?.dueAt ?? 0;
    const [first] = [...known].sort((a, b) => dueAt(a) - dueAt(b));
    if (first === undefined || now() < dueAt(first)) return;
    await this.look(first).catch((error: unknown) => log.debug({ err: error, scope: first }, 'drift: no look'));
  }

  #forget(scope: string): void {
    this.#looks.delete(scope);
    const own = `${JSON.stringify(scope)}/`;
    for (const key of this.#paces.keys()) if (key.startsWith(own)) this.#paces.delete(key);
  }

  /** What is known; null: it was not looked at yet. */
  known(scope: string): Look | null {
    return this.#looks.get(scope)?.look ?? null;
  }

  /** `fresh`: somebody wants to know what is now. */
  async answer(scope: string, fresh: boolean): Promise<Look> {
    const known = this.known(scope);
    const limitMs = fresh ? FRESH_MS : this.#everyMs + 60_000;
    return known !== null && this.#deps.now() - known.at < limitMs ? known : this.look(scope);
  }

  look(scope: string): Promise<Look> {
    const out = this.#looking.get(scope);
    if (out !== undefined) return out;
    const looking = this.#look(scope).finally(() => this.#looking.delete(scope));
    this.#looking.set(scope, looking);
    return looking;
  }

  async #look(scope: string): Promise<Look> {
    const { newest, now } = this.#deps;
    const snapshot = await newest(scope);
    const listed = snapshot.cluster.members.filter(({ listed: is }) => is);
    const read: { readonly look: MemberLook; readonly facts: MemberFacts | null }[] = [];
    for (let from = 0; from < listed.length; from += AT_ONCE)
      read.push(...(await Promise.all(listed.slice(from, from + AT_ONCE).map((one) => this.#ask(snapshot, one)))));
    const facts = read.flatMap((one) => one.facts ?? []);
    const settings = facts.some((one) => one.settings !== null)
      ? compareSettings(facts, snapshot.cluster.config?.value ?? null)
      : null;
    const differences = differencesOf(listed, facts);
    const count = differences.length + (settings?.differing.length ?? 0);
    const profile = this.profileOf(scope, snapshot.labels);
    const judged = {
      snapshot,
      facts: facts.length === 0 ? null : facts,
      differences: settings === null && differences.length === 0 ? null : count,
      overrides: settings?.overrides.length ?? 0,
      now: now(),
    };
    const look: Look = {
      ...{ scope, at: now(), members: read.map((one) => one.look), settings, differences },
      database: facts.find((one) => one.database !== null)?.database ?? null,
      profile: profile.name,
      deviations: deviationsOf(profile, judged),
    };
    const isThin = snapshot.cluster.config === null || look.members.some(({ at }) => at === null);
    const dueAt = look.at + (isThin ? Math.min(THIN_MS, this.#everyMs) : this.#everyMs);
    if (this.#looks.size < KEPT_MAX || this.#looks.has(scope)) this.#looks.set(scope, { look, dueAt });
    return look;
  }

  profileOf(scope: string, labels: Readonly<Record<string, string>>): Profile {
    return this.#deps.config.drift.profiles.find((one) => isAbout(one, scope, labels)) ?? DEFAULT_PROFILE;
  }

  async #ask({ scope, source }: Snapshot, member: Member) {
    const { config, read, now } = this.#deps;
    const none = (problem: Text) => ({
      look: { member: member.name, at: null, problem, costs: [] as MemberLook['costs'] },
      facts: null,
    });
    const own = config.sources.find(({ name }) => name === source);
    if (own === undefined) return none(say`these are recordings`);
    // What answers there is another one's.
    if (member.identity.sql !== null) return none(member.identity.sql);
    if (own.postgres === null) return none(say`no SQL role is configured`);
    const target = targetOf(own.postgres, own, member);
    if (target === null) return none(say`its address is not known`);
    const key = `${JSON.stringify(scope)}/${member.name}`;
    const paces = this.#paces.get(key) ?? {};
    const off = DRIFT_STATEMENTS.filter((statement) => isOff(paces[statement], now()));
    const wanted = DRIFT_STATEMENTS.filter((statement) => !off.includes(statement));
    const reading: Reading<DriftReading> = await read(target, wanted, this.#names, now);
    if (!reading.ok) return none(reading.error.message);
    const { answers, costs } = reading.value;
    const after = costs.map(
      ({ statement, tookMs }) => [statement, paceAfter(paces[statement], tookMs, now())] as const,
    );
    this.#paces.set(key, { ...paces, ...Object.fromEntries(after) });
    const left = off.map((statement) => ({ statement, tookMs: null, problem: OFF, denied: false, off: true }));
    return {
      look: {
        ...{ member: member.name, at: reading.at, problem: null },
        costs: [...costs.map((cost) => ({ ...cost, off: false })), ...left],
      },
      facts: parseFacts(member.name, reading.at, answers, costs),
    };
  }
}

const OFF = say`left alone for a day: it took too long`;
