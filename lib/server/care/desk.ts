// Changes a DCS itself for an admin: a fresh look at every member, the judgement on it, the journal, one call that is never repeated, then
// looks until what was asked for is seen or a minute is over. One at a time for each source, and none while an action runs on a cluster
// that lives there. A change of which nobody knows what became of it stands in the way of the next one.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CareAnswer, type DcsActionState, dcsRequestSchema } from '../../contract/care';
import type { Care } from '../../domain/care/care';
import {
  type DcsContext,
  type DcsRequest,
  dcsActionTitle,
  dcsRequests,
  defragmentOrder,
  isDcsDone,
  judgeDcs,
  snapshotSource,
} from '../../domain/care/dcs-action';
import type { Dependent } from '../../domain/care/dependents';
import { dcsName } from '../../domain/dcs-kind';
import { list, text } from '../../domain/wire/loose';
import type { AdminResult, EtcdAdmin } from '../../io/dcs/etcd/admin';
import { isSentence, say, type Text } from '../../language/sentence';
import type { AccessNote, OpenChange } from '../access/access-log';
import type { CareSight } from '../collector/care-poller';
import type { SourceConfig } from '../config/config';
import { adminAccessOf } from '../dcs-access';
import { log } from '../log';
import { Refusal } from '../route';

const FOLLOW_MS = 60_000;
const LOOK_EACH_MS = 1000;
/** Once it was given up as unknown. */
const WATCH_EACH_MS = 5000;
/** Between two members that are defragmented: the first comes back and catches up. */
const DEFRAGMENT_PAUSE_MS = 10_000;
/** So long a change of which nothing is known stands in the way of the next, unless it is seen. */
const UNSETTLED_MS = 600_000;
const KEPT_MAX = 20;

export interface DeskDeps {
  readonly sources: readonly SourceConfig[];
  /** Looks anew. Rejects where nobody can be asked. */
  readonly look: (source: string) => Promise<CareSight | null>;
  /** Resolves when it is on the disk. Rejects with a Refusal: then nothing may be changed. */
  readonly write: (kind: 'dcs_begun' | 'dcs_ended', note: AccessNote) => Promise<void>;
  /** What an earlier life of this Howdah began and did not end. */
  readonly open: () => Promise<readonly OpenChange[]>;
  /** Clusters on which an action runs. */
  readonly busy: (scopes: readonly string[]) => readonly string[];
  readonly readOnly: boolean;
  readonly now: () => number;
}

export interface DcsBy {
  readonly name: string;
  readonly address: string | null;
}

interface Unsettled {
  readonly request: DcsRequest;
  readonly title: Text;
  readonly at: number;
}

export class CareDesk {
  readonly #deps: DeskDeps;
  /** Newest first, by source. */
  readonly #records = new Map<string, DcsActionState[]>();
  readonly #unsettled = new Map<string, Unsettled>();
  readonly #taken = new Set<string>();
  #isOver = false;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  stop(): void {
    this.#isOver = true;
  }

  /** The title of the change that runs on it; null: none. */
  running(source: string): Text | null {
    if (!this.#taken.has(source)) return null;
    return this.#records.get(source)?.find(({ endedAt }) => endedAt === null)?.title ?? say`it is being decided`;
  }

  /** Takes up what the journal has no end of: watched, never sent again. Never rejects. */
  async recover(): Promise<void> {
    const all = await this.#deps.open().catch(() => []);
    for (const { id, at, actor, address, change } of all) {
      const source = text(change.source) ?? '';
      const request = dcsRequestSchema.safeParse(change.request).data;
      const title = change.title;
      const known = this.#deps.sources.some(({ name }) => name === source);
      if (request === undefined || !known || !(typeof title === 'string' || isSentence(title))) continue;
      const own = { id, title, actor, reason: text(change.reason) ?? '', at, endedAt: null, outcome: null, text: null };
      const state: DcsActionState = {
        ...own,
        commands: list(change.commands).filter((one) => typeof one === 'string'),
      };
      this.#keep(source, state);
      this.#taken.add(source);
      log.warn({ source, change: id }, 'a change of the DCS that an earlier life began is watched to its end');
      void this.#takeUp(source, request, state, { actor, address }).catch((error: unknown) =>
        log.error({ err: error, source }, 'a change of the DCS could not be followed'),
      );
    }
  }

  async #takeUp(source: string, request: DcsRequest, state: DcsActionState, note: Note): Promise<void> {
    try {
      const isCut = request.kind === 'defragment';
      const end: Ended = isCut
        ? { outcome: 'stopped', text: say`Howdah was stopped while it ran; it was not continued` }
        : await this.#seen(source, request, say`Howdah was stopped while it ran, and it is seen`);
      await this.#end(source, { request, state, note }, end, state.at);
    } finally {
      this.#taken.delete(source);
    }
  }

  /** What the page offers, each judged on the last look. `denied`: why the one who looks may not; null: they may. */
  offer(sight: CareSight, denied: Text | null): CareAnswer['actions'] {
    const care = sight.looked?.care ?? null;
    const why = care === null ? say`nothing was seen of it yet` : (this.#refusal(sight.source, care) ?? denied);
    const context = this.#context(sight);
    return {
      refused: why,
      choices:
        care === null
          ? []
          : dcsRequests(care).map((request) => {
              const { refused, words, commands } = judgeDcs(request, care, context);
              return {
                request,
                title: dcsActionTitle(request, care),
                // A snapshot changes nothing.
                refused: refused ?? (request.kind === 'snapshot' ? null : this.#standsInTheWay(sight.source, care)),
                words,
                commands: [...commands],
              };
            }),
      records: this.#records.get(sight.source) ?? [],
    };
  }

  /** Resolves when it has begun: its intent is on the disk. Rejects with a Refusal where nothing was sent. */
  async start(source: string, request: DcsRequest, by: DcsBy, reason: string): Promise<DcsActionState> {
    if (request.kind === 'snapshot') throw new Refusal('refused', say`a snapshot is downloaded, it changes nothing`);
    if (this.#taken.has(source)) throw new Refusal('refused', say`another change of this DCS runs`);
    this.#taken.add(source);
    try {
      const { care, admin, sight } = await this.#ready(source);
      const title = dcsActionTitle(request, care);
      const judged = judgeDcs(request, care, this.#context(sight));
      const refused = judged.refused ?? this.#standsInTheWay(source, care);
      if (refused !== null) {
        admin.close();
        throw new Refusal('refused', say`${title}: ${refused}`);
      }
      const note = { actor: by.name, address: by.address };
      const begun = say`${title}, ${dcsName(care.kind)} of ${source}: ${reason}`;
      const id = randomUUID();
      const commands = request.kind === 'add_learner' ? judged.commands.slice(1) : [];
      const change = { id, source, request: { ...request }, title: title as never, reason, commands };
      await this.#deps.write('dcs_begun', { ...note, text: begun, change }).catch((error: unknown) => {
        admin.close();
        throw error;
      });
      const own = { id, title, actor: by.name, reason, at: this.#deps.now(), endedAt: null, outcome: null, text: null };
      const state: DcsActionState = { ...own, commands };
      this.#keep(source, state);
      void this.#run(source, request, { care, admin, state, note })
        .catch((error: unknown) => log.error({ err: error, source }, 'a change of the DCS could not be followed'))
        .finally(() => {
          admin.close();
          this.#taken.delete(source);
        });
      return state;
    } catch (error) {
      this.#taken.delete(source);
      throw error;
    }
  }

  /** All of it as it comes, from a follower where there is one. Who took it stands in the journal before the first byte. */
  async snapshot(source: string, by: DcsBy): Promise<ReadableStream<Uint8Array>> {
    const { care, admin, sight } = await this.#ready(source);
    admin.close();
    const refused = judgeDcs({ kind: 'snapshot' }, care, this.#context(sight)).refused;
    const from = snapshotSource(care);
    const [url] = from?.urls ?? [];
    if (refused !== null || from === null || url === undefined)
      throw new Refusal('refused', refused ?? say`no member answers`);
    await this.#deps.write('dcs_begun', {
      ...{ actor: by.name, address: by.address },
      text: say`Take a snapshot, ${dcsName(care.kind)} of ${source}, from ${from.name}`,
    });
    const parts = admin.snapshot(url);
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { value, done } = await parts.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await parts.return(undefined);
      },
    });
  }

  async #ready(source: string) {
    const config = this.#deps.sources.find(({ name }) => name === source);
    const access = config?.dcs == null ? null : adminAccessOf(config.dcs);
    const sight = await this.#deps.look(source);
    const care = sight?.looked?.care ?? null;
    if (sight === null || care === null) throw new Refusal('not_ready', say`nothing was seen of it yet`);
    const why = this.#refusal(source, care);
    if (why !== null || access === null) throw new Refusal('refused', why ?? say`nobody changes it from here`);
    const { EtcdAdmin: Admin } = await import('../../io/dcs/etcd/admin');
    return { sight, care, admin: new Admin(access, this.#deps.now) };
  }

  /** Why nobody changes it from here; null: it may be. */
  #refusal(source: string, care: Care): Text | null {
    const dcs = this.#deps.sources.find(({ name }) => name === source)?.dcs ?? null;
    if (care.kind !== 'etcd3') return say`Howdah only looks at ${dcsName(care.kind)}`;
    if (this.#deps.readOnly) return say`This Howdah only watches: readOnly is set in its configuration.`;
    return dcs === null || adminAccessOf(dcs) === null
      ? say`its section in howdah.yaml has no \`admin\` part: a user with the root role, for changes alone`
      : null;
  }

  #nameOf(source: string): Text {
    const dcs = this.#deps.sources.find(({ name }) => name === source)?.dcs ?? null;
    return dcs === null ? 'DCS' : dcsName(dcs.kind);
  }

  #context({ clusters }: Pick<CareSight, 'clusters'>): DcsContext {
    return {
      now: this.#deps.now(),
      busy: this.#deps.busy(clusters.map(({ scope }) => scope)),
      timing: tightest(clusters),
    };
  }

  /** What a change before it left open. */
  #standsInTheWay(source: string, care: Care): Text | null {
    if (this.#taken.has(source)) {
      const running = this.#records.get(source)?.find(({ endedAt }) => endedAt === null);
      if (running !== undefined) return say`another change runs: ${running.title}`;
    }
    const open = this.#unsettled.get(source);
    if (open === undefined) return null;
    if (isDcsDone(open.request, care) === true || this.#deps.now() - open.at > UNSETTLED_MS) {
      this.#unsettled.delete(source);
      return null;
    }
    return say`what became of this is not known, and it may yet be done: ${open.title}`;
  }

  async #run(
    source: string,
    request: DcsRequest,
    about: {
      readonly care: Care;
      readonly admin: EtcdAdmin;
      readonly state: DcsActionState;
      readonly note: Note;
    },
  ): Promise<void> {
    const { care, admin, state, note } = about;
    const end =
      request.kind === 'defragment'
        ? await this.#defragment(source, care, admin)
        : await this.#change(source, request, care, admin);
    await this.#end(source, { request, state, note }, end);
  }

  /** What is not seen by then is looked for on: it may still come about. */
  async #end(source: string, { request, state, note }: Followed, end: Ended, since = this.#deps.now()): Promise<void> {
    // Of one that was cut off by the end of this process the next life knows more.
    if (end.outcome === 'unknown' && this.#isOver) return;
    const ended = { ...state, endedAt: this.#deps.now(), ...end };
    this.#keep(source, ended);
    if (end.outcome === 'unknown') {
      const open = { request, title: state.title, at: since };
      this.#unsettled.set(source, open);
      void this.#watch(source, open, { request, state: ended, note });
    }
    await this.#record(source, ended, note);
  }

  async #record(source: string, { id, title, text: words }: DcsActionState, note: Note): Promise<void> {
    await this.#deps
      .write('dcs_ended', {
        ...note,
        text: say`${title}, ${this.#nameOf(source)} of ${source}: ${words ?? ''}`,
        change: { id },
      })
      .catch((error: unknown) => log.error({ err: error }, 'the end of a change of the DCS could not be recorded'));
  }

  async #watch(source: string, open: Unsettled, { request, state, note }: Followed): Promise<void> {
    while (!this.#isOver && this.#unsettled.get(source) === open && this.#deps.now() - open.at <= UNSETTLED_MS) {
      await sleep(WATCH_EACH_MS, undefined, { ref: false });
      const seen = await this.#deps.look(source).catch(() => null);
      if (this.#isOver || seen?.looked == null || isDcsDone(request, seen.looked.care) !== true) continue;
      if (this.#unsettled.get(source) === open) this.#unsettled.delete(source);
      const done = { ...state, outcome: 'done', text: say`it came about later, and is seen` } as const;
      this.#keep(source, done);
      return this.#record(source, done, note);
    }
  }

  async #change(source: string, request: DcsRequest, care: Care, admin: EtcdAdmin): Promise<Ended> {
    const sent = await send(request, care, admin);
    if (sent.kind === 'refused') return { outcome: 'refused', text: say`it refused: ${sent.text}` };
    return this.#seen(
      source,
      request,
      sent.kind === 'done' ? say`done, and seen` : say`it did not say so, but it is seen`,
    );
  }

  async #seen(source: string, request: DcsRequest, done: Text): Promise<Ended> {
    const end = this.#deps.now() + FOLLOW_MS;
    while (!this.#isOver && this.#deps.now() < end) {
      const seen = await this.#deps.look(source).catch(() => null);
      if (seen?.looked != null && isDcsDone(request, seen.looked.care) === true) return { outcome: 'done', text: done };
      await sleep(LOOK_EACH_MS);
    }
    return {
      outcome: 'unknown',
      text: say`it was not seen within ${FOLLOW_MS / 1000} s, and may yet be done. It was not sent again: watch the members`,
    };
  }

  /** Each is judged anew: what came of the one before may forbid the next. */
  async #defragment(source: string, care: Care, admin: EtcdAdmin): Promise<Ended> {
    const order = defragmentOrder(care);
    for (const [index, { key, name }] of order.entries()) {
      if (index > 0) await sleep(DEFRAGMENT_PAUSE_MS);
      const sight = await this.#deps.look(source).catch(() => null);
      const now = sight?.looked?.care.members.find((one) => one.key === key);
      const [url] = now?.urls ?? [];
      const refused =
        sight?.looked == null
          ? say`nothing is seen of it`
          : judgeDcs({ kind: 'defragment' }, sight.looked.care, this.#context(sight)).refused;
      if (refused !== null || url === undefined || this.#isOver)
        return { outcome: 'stopped', text: say`stopped before ${name}: ${refused ?? say`it is no member any more`}` };
      const sent = await admin.defragment(url);
      if (sent.kind !== 'done') return { outcome: 'stopped', text: say`stopped at ${name}: ${sent.error.message}` };
    }
    return { outcome: 'done', text: say`all of them, one after the other` };
  }

  #keep(source: string, state: DcsActionState): void {
    const others = (this.#records.get(source) ?? []).filter(({ id }) => id !== state.id);
    this.#records.set(source, [state, ...others].slice(0, KEPT_MAX));
  }
}

type Note = Omit<AccessNote, 'text' | 'change'>;

interface Followed {
  readonly request: DcsRequest;
  readonly state: DcsActionState;
  readonly note: Note;
}

interface Ended {
  readonly outcome: NonNullable<DcsActionState['outcome']>;
  readonly text: Text;
}

async function send(request: DcsRequest, care: Care, admin: EtcdAdmin): Promise<AdminResult> {
  const leader = care.members.find(({ key }) => key === care.leader);
  const any = care.members.find(({ answers, votes }) => answers === true && votes === true);
  const url = leader?.urls[0] ?? any?.urls[0] ?? '';
  switch (request.kind) {
    case 'add_learner':
      return admin.addLearner(url, request.peerUrl);
    case 'promote':
      return admin.promote(url, request.member);
    case 'remove':
      return admin.remove(url, request.member);
    case 'move_leader':
      return admin.moveLeader(url, request.member);
    case 'disarm':
      return admin.disarm(url, request.member, 'NOSPACE');
    case 'defragment':
    case 'snapshot':
      throw new Error('no change of one call');
  }
}

/** Of clusters whose primary is demoted, the one that bears least; null: there is none. */
function tightest(clusters: readonly Dependent[]): DcsContext['timing'] {
  const all = clusters.flatMap(({ ttlSeconds, loopWaitSeconds, fate }) =>
    fate === 'standby' ? [] : [{ ttlSeconds: ttlSeconds ?? 30, loopWaitSeconds: loopWaitSeconds ?? 10 }],
  );
  return all.sort((a, b) => a.ttlSeconds - a.loopWaitSeconds - (b.ttlSeconds - b.loopWaitSeconds))[0] ?? null;
}
