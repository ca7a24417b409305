// One action while it runs: sends each stage once, follows it with every snapshot to its end, keeps steps, log and outage, and
// closes with an outcome. It decides nothing about the cluster: plan.ts says what is sent, follow.ts what was seen. A run that
// is resumed after a crash sends nothing; it observes the stage that was under way and closes.
import type { ActionRecord, ActionStep, Moment, PlannedStep, Progress, Seen } from '../../domain/actions/action';
import { bind } from '../../domain/actions/bound';
import { switchoverCandidates } from '../../domain/actions/candidates';
import { type End, follow, type Marks, momentOf, type RestSeen, type Sent } from '../../domain/actions/follow';
import { callOf, type Stage, wayOf } from '../../domain/actions/plan';
import { seenBetween } from '../../domain/actions/seen';
import { stepsSoFar } from '../../domain/actions/steps';
import { type FinishedStage, wholeEnd } from '../../domain/actions/whole';
import type { Member, Snapshot } from '../../domain/cluster';
import type { JsonObject } from '../../domain/wire/loose';
import { startProbe } from '../../io/write-probe';
import type { ClusterAccess } from './access';
import { type ExtraReader, extraReader } from './extra';
import { OutageMeter } from './outage-meter';
import { commitCall, restCall, wake } from './send';

export interface RunDeps {
  readonly access: ClusterAccess;
  readonly now: () => number;
  /** Every change; cheap. */
  readonly onChange: (record: ActionRecord) => void;
  /** Before a request leaves (REST), or with its revision (DCS). A failure stops the action. */
  readonly onSent: (record: ActionRecord, body: JsonObject) => Promise<void>;
  readonly onClose: (record: ActionRecord) => Promise<void>;
}

/** What the journal keeps of a stage that was begun: enough to follow it after a crash. */
export interface Begun {
  readonly stage: number;
  readonly sent: Sent;
  readonly start: Moment;
}

const PROBE_EVERY_MS = 50;
const PROBE_LIMIT_MS = 30 * 60_000;
const SEEN_LIMIT = 400;
const TICK_MS = 500;
const SAME_START_MS = 100;
const BUSY_TRIES = 10;
const BUSY_MS = 2000;
/** Without any snapshot for so long nothing more can be said. */
const BLIND_MS = 10 * 60_000;
const BREAKS_WRITES: ReadonlySet<Stage['kind']> = new Set(['switchover', 'failover', 'restart', 'demote_cluster']);

export class ActionRun {
  readonly #deps: RunDeps;
  readonly #plan: readonly Stage[];
  readonly #planned: readonly PlannedStep[];
  readonly #meter = new OutageMeter(PROBE_EVERY_MS);
  readonly #resumed: boolean;
  readonly #extra: ExtraReader;
  #record: ActionRecord;
  #snapshot: Snapshot;
  #snapshotAt: number;
  #stage = 0;
  #start: Moment;
  #sent: Sent | null = null;
  #answer: RestSeen | null = null;
  #marks: Marks = {};
  #waiting: string | null = null;
  #seen: Seen[] = [];
  #progress: Progress | null = null;
  #finished: FinishedStage[] = [];
  #closing = false;
  #endProbe: (() => void) | null = null;
  /** Who took the last write of the probe. */
  #writer: string | null = null;
  #busyAnswers = 0;
  #held: string | null = null;
  #ticker: NodeJS.Timeout | null = null;
  readonly done: Promise<ActionRecord>;
  #resolve: (record: ActionRecord) => void = () => undefined;

  constructor(
    record: ActionRecord,
    plan: readonly Stage[],
    planned: readonly PlannedStep[],
    snapshot: Snapshot,
    deps: RunDeps,
    resumed: boolean,
  ) {
    this.#record = record;
    this.#plan = plan;
    this.#planned = planned;
    this.#snapshot = snapshot;
    this.#snapshotAt = deps.now();
    this.#start = record.before;
    this.#deps = deps;
    this.#resumed = resumed;
    this.#extra = extraReader(record, deps.access, deps.now);
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    // Steps must stand before the first snapshot: the page opens at once.
    this.#record = { ...record, steps: this.#stepsNow() };
  }

  get record(): ActionRecord {
    return this.#record;
  }

  /** Begins to measure; call before anything is sent, so that the probe has written once before. */
  startProbe(): void {
    if (this.#endProbe !== null || !this.#plan.some((stage) => this.#breaksWrites(stage))) return;
    const targets = this.#deps.access.probes(this.#snapshot.cluster.members.filter((member) => member.listed));
    if (targets.length === 0) return;
    this.#endProbe = startProbe({
      scope: this.#record.scope,
      targets,
      everyMs: PROBE_EVERY_MS,
      limitMs: PROBE_LIMIT_MS,
      now: this.#deps.now,
      onEvent: (event) => {
        this.#meter.onProbe(event);
        if (event.kind === 'wrote') {
          if (this.#writer !== null && this.#writer !== event.member)
            this.#note(`Probe ${event.member}`, 'a write is accepted', event.ackAt);
          this.#writer = event.member;
        } else if (event.member === this.#writer) this.#note(`Probe ${event.member}`, event.text, event.at);
      },
    });
  }

  #breaksWrites(stage: Stage): boolean {
    if (!BREAKS_WRITES.has(stage.kind)) return false;
    return stage.kind !== 'restart' || stage.member === this.#record.before.leader;
  }

  /** Sends nothing more: what is under way is followed to its end. */
  hold(reason: string): void {
    if (this.#held !== null) return;
    this.#held = reason;
    this.#note('Howdah', reason);
  }

  get probing(): boolean {
    return this.#endProbe !== null;
  }

  /** It never began: nothing was journaled, nothing is closed. */
  abandon(): void {
    this.#closing = true;
    this.#endProbe?.();
    this.#extra.close();
  }

  /** A bug or a journal that failed after the intent. What was sent is not known to have been. */
  async fail(text: string): Promise<void> {
    await this.#close({
      outcome: this.#sent === null ? 'refused' : 'unknown',
      text: `Howdah failed: ${text}.`,
      differs: [],
    });
  }

  /** Sends the first stage. */
  async begin(): Promise<void> {
    this.#arm();
    await this.#send();
  }

  /** After a crash: follows what was sent, or what may have been. */
  resume(begun: Begun, answer: RestSeen | null): void {
    this.#stage = begun.stage;
    this.#sent = begun.sent;
    this.#start = begun.start;
    this.#answer = answer;
    this.#marks = { requested: { at: this.#record.requestedAt, detail: 'before Howdah was restarted', state: 'done' } };
    this.#note('Howdah', 'was restarted while this action was open; it sends nothing and observes');
    this.#arm();
    this.#advance();
  }

  #arm(): void {
    this.#ticker = setInterval(() => {
      if (this.#deps.now() - this.#snapshotAt > BLIND_MS)
        void this.#close({ outcome: 'unknown', text: 'Howdah sees nothing of the cluster any more.', differs: [] });
      else this.#advance();
    }, TICK_MS);
  }

  onSnapshot(snapshot: Snapshot): void {
    if (this.#closing) return;
    for (const line of seenBetween(this.#snapshot, snapshot)) this.#note(line.source, line.text, line.at);
    this.#snapshot = snapshot;
    this.#snapshotAt = this.#deps.now();
    this.#meter.onSnapshot(snapshot);
    this.#advance();
  }

  async #send(): Promise<void> {
    const stage = this.#currentStage();
    if (stage === null) return;
    const { request } = this.#record;
    const way = wayOf(stage, this.#snapshot, this.#record.way);
    const call = way === null ? null : callOf(stage, request, way, this.#snapshot);
    if (call === null) return this.#close(refused('There is nobody to send it to now.'));
    if (call.way === 'rest') return this.#sendRest(stage, call);
    const bound = this.#stage === 0 ? this.#record.bound : bind(this.#snapshot);
    const at = this.#deps.now();
    const result = await commitCall(call, bound, this.#deps.access);
    if (result.kind === 'not_sent') return this.#close(refused(`Nothing was sent: ${result.text}.`));
    const revision = result.kind === 'sent' ? result.revision : null;
    this.#sent = { at, way: 'dcs', wake: null, revision };
    this.#requested(at, result.kind === 'sent' ? result.detail : result.text);
    await this.#tellSent();
    if (call.wake === null || revision === null) return this.#advance();
    const woken = await wake(call.wake, this.#snapshot, this.#deps.access, revision);
    this.#sent = { ...this.#sent, wake: woken.wake };
    this.#record = { ...this.#record, wake: this.#record.wake ?? woken.wake };
    this.#note('Howdah', woken.detail);
    this.#advance();
  }

  async #sendRest(stage: Stage, call: Extract<ReturnType<typeof callOf>, { way: 'rest' }>): Promise<void> {
    const at = this.#deps.now();
    this.#sent = { at, way: 'rest', wake: null, revision: null };
    const where = `${call.method} ${call.path}${call.member === null ? '' : ` at ${call.member}`}`;
    this.#requested(at, where);
    await this.#tellSent();
    this.#note('Howdah', `sent ${where}`);
    this.#advance();
    const begun = this.#stage;
    const answer = await restCall(call, this.#snapshot, this.#deps.access, this.#deps.now);
    this.#note(
      `Patroni ${call.member ?? ''}`.trim(),
      answer.status === null
        ? `no answer to ${call.method} ${call.path}: ${answer.text}`
        : `answered ${answer.status} ${answer.text
            .replace(/<[^>]*>|\s+/g, ' ')
            .trim()
            .slice(0, 120)}`,
      answer.at,
    );
    if (begun !== this.#stage || this.#currentStage() !== stage) return;
    this.#answer = answer;
    this.#advance();
  }

  #requested(at: number, detail: string): void {
    const key = `${this.#currentStage()?.prefix ?? ''}requested`;
    this.#marks = {
      ...this.#marks,
      ...(this.#marks[key] === undefined ? { [key]: { at, detail, state: 'done' as const } } : {}),
    };
    this.#record = {
      ...this.#record,
      sentAt: this.#record.sentAt ?? at,
      revision: this.#record.revision ?? this.#sent?.revision ?? null,
    };
    this.#changed();
  }

  async #tellSent(): Promise<void> {
    if (this.#sent === null) return;
    const body: Begun = { stage: this.#stage, sent: this.#sent, start: this.#start };
    await this.#deps.onSent(this.#record, { ...body });
  }

  #currentStage(): Stage | null {
    return this.#plan[this.#stage] ?? null;
  }

  #advance(): void {
    const stage = this.#currentStage();
    if (this.#closing || stage === null || this.#sent === null) return;
    this.#extra.look(stage, this.#snapshot, this.#sent, () => this.#advance());
    const followed = follow({
      stage,
      request: this.#record.request,
      start: this.#start,
      sent: this.#sent,
      answer: this.#answer,
      snapshot: this.#snapshot,
      marks: this.#marks,
      extra: this.#extra.value,
    });
    this.#marks = followed.marks;
    this.#waiting = followed.waiting;
    this.#progress = followed.progress;
    this.#changed();
    if (followed.end !== null) void this.#stageEnded(stage, followed.end);
  }

  async #stageEnded(stage: Stage, end: End): Promise<void> {
    if (this.#isBusyMeanwhile(end)) return this.#sendAgain();
    this.#finished.push({ stage, end });
    const next = this.#plan[this.#stage + 1];
    const skippable = end.outcome === 'refused' && stage.onlyPending;
    const goOn = end.outcome === 'done' || end.outcome === 'scheduled' || skippable;
    if (next === undefined || !goOn || this.#resumed || this.#held !== null) return this.#close(this.#whole(end));
    this.#stage += 1;
    this.#sent = null;
    this.#answer = null;
    this.#start = momentOf(this.#snapshot);
    this.#waiting = null;
    const stop = this.#prepareNext();
    if (stop === 'restarted')
      return this.#stageEnded(next, { outcome: 'done', text: `${next.member} restarted.`, differs: [] });
    if (stop === 'skip')
      return this.#stageEnded(next, {
        outcome: 'refused',
        text: `${next.member} has no pending restart.`,
        differs: [],
      });
    if (stop !== null) return this.#close(this.#whole({ outcome: 'failed', text: stop, differs: [] }));
    await this.#send();
  }

  /**
   * Between two stages Patroni may still be busy with its own end of the last one. "… already in progress" is its plain word
   * that nothing was begun, so asking again repeats nothing.
   */
  #isBusyMeanwhile({ outcome }: End): boolean {
    const busy = outcome === 'refused' && this.#stage > 0 && /already in progress/i.test(this.#answer?.text ?? '');
    return busy && !this.#resumed && this.#busyAnswers++ < BUSY_TRIES;
  }

  async #sendAgain(): Promise<void> {
    const stage = this.#currentStage();
    this.#sent = null;
    this.#answer = null;
    if (stage !== null) {
      const { [`restart:${stage.member}`]: _failed, ...marks } = this.#marks;
      this.#marks = marks;
    }
    await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
    if (!this.#closing) await this.#send();
  }

  /** Settles what the next stage is about as things are now. Text: why it must not begin. */
  #prepareNext(): string | null {
    const stage = this.#currentStage();
    if (stage === null) return null;
    const { cluster } = this.#snapshot;
    if (cluster.leader?.known !== true) return 'the leader is not known';
    const member = cluster.members.find((entry) => entry.name === stage.member);
    if (stage.kind === 'restart' && this.#restartedByStepDown(member ?? null)) {
      const mark = { at: this.#deps.now(), detail: 'restarted when it stepped down', state: 'done' as const };
      this.#marks = { ...this.#marks, [`restart:${stage.member}`]: mark };
      return 'restarted';
    }
    if (stage.kind === 'restart' && stage.onlyPending) {
      if (member?.pendingRestart === null) {
        this.#marks = {
          ...this.#marks,
          [`restart:${stage.member}`]: { at: this.#deps.now(), detail: 'no restart is pending', state: 'skipped' },
        };
        return 'skip';
      }
    }
    if (stage.kind !== 'switchover' || stage.member !== null) return null;
    const best = switchoverCandidates(this.#snapshot).find((candidate) => candidate.choice === 'eligible');
    if (best === undefined) return 'nobody may take over from the leader';
    (this.#plan as Stage[])[this.#stage] = { ...stage, member: best.member };
    return null;
  }

  /** A leader that hands over is stopped and started as a replica: that was its restart, unless something still waits for one. */
  #restartedByStepDown(member: Member | null): boolean {
    const { before, request } = this.#record;
    if (request.kind !== 'rolling_restart' || member === null || member.name !== before.leader) return false;
    const startedAt = before.members.find((entry) => entry.name === member.name)?.startedAt ?? null;
    if (startedAt === null || member.startedAt === null || member.pendingRestart !== null) return false;
    return member.startedAt - startedAt > SAME_START_MS;
  }

  #whole(last: End): End {
    return wholeEnd({
      request: this.#record.request,
      plan: this.#plan,
      stage: this.#stage,
      finished: this.#finished,
      last,
      cutOff: this.#held ?? (this.#resumed ? 'Howdah was restarted in the middle and did not go on' : null),
    });
  }

  async #close(how: End): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#extra.close();
    const outage = this.#meter.outage(this.#deps.now());
    this.#endProbe?.();
    const lastKey = how.outcome === 'done' ? 'verified' : how.outcome === 'scheduled' ? 'scheduled' : null;
    if (lastKey !== null && this.#marks[lastKey] === undefined) {
      const mark = { at: this.#deps.now(), detail: null, state: 'done' as const };
      this.#marks = { ...this.#marks, [lastKey]: mark };
    }
    this.#waiting = null;
    const closed: ActionRecord = {
      ...this.#record,
      phase: 'closed',
      outcome: how.outcome,
      outcomeText: how.text,
      differs: how.differs,
      closedAt: this.#deps.now(),
      after: {
        ...momentOf(this.#snapshot),
        config: this.#record.before.config === null ? null : (this.#snapshot.cluster.config?.value ?? null),
      },
      recovered: this.#resumed,
      progress: null,
      outage,
      seen: this.#seen,
      steps: stepsSoFar(this.#planned, this.#marks, false, null),
    };
    // Whoever reads "closed" may act again at once: it is said when the outcome stands in the journal and the scope is free.
    await this.#deps.onClose(closed);
    this.#record = closed;
    this.#deps.onChange(closed);
    this.#resolve(closed);
  }

  #stepsNow(): readonly ActionStep[] {
    return stepsSoFar(this.#planned, this.#marks, this.#record.phase === 'open', this.#waiting);
  }

  #note(source: string, text: string, at = this.#deps.now()): void {
    this.#seen = [...this.#seen, { at, source, text }].slice(-SEEN_LIMIT);
  }

  #changed(): void {
    if (this.#closing) return;
    this.#record = {
      ...this.#record,
      steps: this.#stepsNow(),
      seen: this.#seen,
      progress: this.#progress,
      outage: this.#meter.outage(this.#deps.now()),
    };
    this.#deps.onChange(this.#record);
  }
}

function refused(text: string): End {
  return { outcome: 'refused', text, differs: [] };
}
