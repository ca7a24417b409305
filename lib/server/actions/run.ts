// One action while it runs: sends each stage once, follows it with every snapshot to its end, keeps steps, log and outage, and
// closes with an outcome. It decides nothing about the cluster: plan.ts says what is sent, follow.ts what was seen. A run that
// is resumed after a crash sends nothing; it observes the stage that was under way and closes. What it paused in PgBouncer is resumed
// before it closes, however it ends (around.ts).

import type { ActionRecord, ActionStep, Moment, PlannedStep, Progress, Seen } from '../../domain/actions/action';
import { logBetween } from '../../domain/actions/action-log';
import { bind, changesOf } from '../../domain/actions/bound';
import { switchoverCandidates } from '../../domain/actions/candidates';
import { follow } from '../../domain/actions/follow';
import { type End, end, type Marks, type Sent } from '../../domain/actions/follower';
import { notedText } from '../../domain/actions/maintenance';
import { momentOf } from '../../domain/actions/moment';
import { isRestartedByStepDown, obstacleToNext } from '../../domain/actions/next-stage';
import { breaksWrites, callOf, type RestCall, type SqlCall, type Stage, wayOf } from '../../domain/actions/plan';
import type { RestSeen } from '../../domain/actions/rest-answer';
import { type FinishedStage, restartedEnd, sparedEnd, stagedEnd } from '../../domain/actions/staged-end';
import { stepsSoFar } from '../../domain/actions/steps';
import type { Snapshot } from '../../domain/cluster';
import { memberOf } from '../../domain/members';
import { joined, say, type Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { elapsed } from '../clock';
import { Around } from './around';
import type { Begun, RunDeps } from './begun';
import { type ExtraReader, extraReader } from './extra';
import { OutageMeasure } from './outage-measure';
import { closedRecord } from './record';
import { answerLine, commitCall, placeOf, sendAlone, sourceOf, wake } from './send';

const PROBE_HEAD_START_MS = 250;
const SEEN_LIMIT = 400;
const TICK_MS = 500;
/** Two loops and a reading: what settles by itself after a stage. */
const SETTLE_MS = 30_000;
const BUSY_TRIES = 10;
const BUSY_MS = 2000;
/** Without any snapshot for so long nothing more can be said. */
const BLIND_MS = 10 * 60_000;

export class ActionRun {
  readonly #deps: RunDeps;
  readonly #plan: Stage[];
  readonly #planned: readonly PlannedStep[];
  readonly #measure: OutageMeasure;
  readonly #resumed: boolean;
  readonly #extra: ExtraReader;
  readonly #around: Around;
  #record: ActionRecord;
  #snapshot: Snapshot;
  #snapshotAt: number;
  #stage = 0;
  #start: Moment;
  #sent: Sent | null = null;
  #answer: RestSeen | null = null;
  #marks: Marks = {};
  #waiting: Text | null = null;
  #seen: Seen[] = [];
  #progress: Progress | null = null;
  #finished: FinishedStage[] = [];
  #closing = false;
  #busyAnswers = 0;
  #held: Text | null = null;
  /** The current stage has ended; what comes next is being prepared. */
  #ended = false;
  /** Who leads, as far as the stages so far say. */
  #leads: string | null;
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
    this.#plan = [...plan];
    this.#leads = record.before.leader;
    this.#planned = planned;
    this.#snapshot = snapshot;
    this.#snapshotAt = elapsed();
    this.#start = record.before;
    this.#deps = deps;
    this.#measure = new OutageMeasure(record.before, deps.now, (source, text, at) => this.#note(source, text, at));
    this.#resumed = resumed;
    this.#extra = extraReader(record, deps.reach, deps.now);
    const prefix = plan.find(({ kind }) => kind === 'switchover')?.prefix ?? '';
    this.#around = new Around(record, snapshot, {
      ...{ keeper: deps.keeper, now: deps.now },
      note: (text) => this.#note('Howdah', text),
      mark: (step, detail) => {
        this.#mark(prefix + step, detail, 'done');
        this.#changed();
      },
    });
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
    if (!this.#plan.some((stage) => breaksWrites(stage, this.#record.before.leader))) return;
    const members = this.#snapshot.cluster.members.filter((member) => member.listed);
    this.#measure.startProbe(this.#record.scope, this.#deps.reach.probes(members));
  }

  /** Sends nothing more: what is under way is followed to its end. */
  hold(reason: Text): void {
    if (this.#held !== null) return;
    this.#held = reason;
    this.#note('Howdah', reason);
  }

  /** Where a probe runs: until it has written once, for a moment at most. */
  probeReady(): Promise<void> {
    return this.#measure.ready(PROBE_HEAD_START_MS);
  }

  /** It never began: nothing was journaled, nothing is closed. */
  abandon(): void {
    this.#closing = true;
    this.#measure.stop();
    this.#extra.close();
  }

  /** A bug or a journal that failed after the intent. What was sent is not known to have been. */
  async fail(text: Text): Promise<void> {
    await this.#close(end(this.#record.sentAt === null ? 'refused' : 'unknown', say`Howdah failed: ${text}.`));
  }

  /** Sends the first stage. */
  async begin(): Promise<void> {
    this.#arm();
    const stage = this.#currentStage();
    if (stage !== null && this.#isSpared(stage)) return this.#stageEnded(stage, sparedEnd(stage));
    // What was judged a moment ago must still be so: in that moment somebody may have been elected.
    const changes = changesOf(this.#record.bound, bind(this.#snapshot));
    if (changes.length > 0) return this.#close(refused(say`Nothing was sent: ${joined(changes, '; ')}.`));
    await this.#send();
  }

  /** After a crash: follows what was sent, or what may have been. */
  resume(begun: Begun, answer: RestSeen | null): void {
    this.#stage = begun.stage;
    this.#sent = begun.sent;
    this.#start = begun.start;
    this.#finished = [...begun.finished];
    this.#answer = answer;
    const detail = say`before Howdah was restarted`;
    this.#marks = { requested: { at: this.#record.requestedAt, detail, state: 'done' } };
    this.#note('Howdah', say`was restarted while this action was open; it sends nothing and observes`);
    this.#around.pickUp();
    this.#arm();
    this.#advance();
  }

  #arm(): void {
    this.#ticker = setInterval(() => {
      const blind = elapsed() - this.#snapshotAt > BLIND_MS;
      if (blind) void this.#close(end('unknown', say`Howdah no longer sees anything of the cluster.`));
      else this.#advance();
    }, TICK_MS);
  }

  onSnapshot(snapshot: Snapshot): void {
    if (this.#closing) return;
    for (const line of logBetween(this.#snapshot, snapshot)) this.#note(line.source, line.text, line.at);
    this.#snapshot = snapshot;
    this.#snapshotAt = elapsed();
    this.#measure.onSnapshot(snapshot);
    this.#around.onSnapshot(snapshot);
    this.#advance();
  }

  async #send(): Promise<void> {
    this.#ended = false;
    const stage = this.#currentStage();
    if (stage === null || this.#closing) return;
    const stop = this.#around.isAround(stage) ? await this.#pausePools() : null;
    if (this.#closing) return;
    if (stop !== null) return this.#close(this.#whole(refused(say`Nothing was sent: ${stop}.`)));
    const { request } = this.#record;
    if (this.#record.way === 'howdah') return this.#close(end('done', notedText(request)));
    const way = wayOf(stage, this.#snapshot, this.#record.way);
    const call = way === null ? null : callOf(stage, request, way, this.#snapshot);
    if (call === null) return this.#close(refused(say`There is nobody to send it to now.`));
    if (call.way !== 'dcs') return this.#sendAlone(stage, call);
    const bound = this.#stage === 0 ? this.#record.bound : bind(this.#snapshot);
    const at = this.#deps.now();
    const result = await commitCall(call, bound, this.#deps.reach);
    if (result.kind === 'not_sent') return this.#close(refused(say`Nothing was sent: ${result.text}.`));
    const revision = result.kind === 'sent' ? result.revision : null;
    this.#sent = { at, way: 'dcs', wake: null, revision };
    if (this.#around.isAround(stage)) this.#around.begin();
    this.#requested(this.#deps.now(), result.kind === 'sent' ? result.detail : result.text);
    // It is written, whatever becomes of the entry: the action is followed, and etcd's history knows the revision.
    await this.#tellSent().catch((error: unknown) => {
      this.#note('Howdah', say`the journal did not take the revision: ${saidBy(error)}`);
    });
    if (call.wake === null || revision === null) return this.#advance();
    const woken = await wake(call.wake, this.#snapshot, this.#deps.reach, revision);
    this.#sent = { ...this.#sent, wake: woken.wake };
    this.#record = { ...this.#record, wake: this.#record.wake ?? woken.wake };
    this.#note('Howdah', woken.detail);
    this.#advance();
  }

  /** Text: why nothing may be sent, after PAUSE has waited. */
  async #pausePools(): Promise<Text | null> {
    const why = await this.#around.pause();
    if (why !== null || this.#stage > 0) return why ?? this.#held ?? this.#obstacle();
    const changes = changesOf(this.#record.bound, bind(this.#snapshot));
    return changes.length > 0 ? joined(changes, '; ') : this.#held;
  }

  /** What compares nothing: the entry first, then the one request, then whatever is seen. */
  async #sendAlone(stage: Stage, call: RestCall | SqlCall): Promise<void> {
    const at = this.#deps.now();
    const where = placeOf(call);
    const sent: Sent = { at, way: call.way, wake: null, revision: null };
    try {
      await this.#tellSent(sent);
    } catch (error) {
      return this.#close(this.#whole(refused(say`Nothing was sent to ${call.member ?? 'Patroni'}: ${saidBy(error)}.`)));
    }
    this.#sent = sent;
    if (this.#around.isAround(stage)) this.#around.begin();
    this.#requested(at, where);
    this.#note('Howdah', say`sent ${where}`);
    this.#advance();
    const answer = await sendAlone(call, this.#snapshot, this.#deps.reach, this.#deps.now);
    this.#note(sourceOf(call), answerLine(call, answer), answer.at);
    if (this.#currentStage() !== stage) return;
    this.#answer = answer;
    this.#advance();
  }

  #requested(at: number, detail: Text): void {
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

  async #tellSent(sent = this.#sent): Promise<void> {
    if (sent === null) return;
    const body: Begun = {
      ...{ stage: this.#stage, sent, start: this.#start, plan: this.#plan, finished: this.#finished },
    };
    await this.#deps.onSent(this.#record, { ...body });
  }

  #currentStage(): Stage | null {
    return this.#plan[this.#stage] ?? null;
  }

  #advance(): void {
    const stage = this.#currentStage();
    if (this.#closing || this.#ended || stage === null || this.#sent === null) return;
    this.#extra.look(stage, this.#snapshot, this.#sent, () => this.#advance());
    const followed = follow({
      stage,
      request: this.#record.request,
      bound: this.#record.bound,
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
    if (followed.end !== null) {
      // The next look must not end the stage a second time while the next one is prepared.
      this.#ended = true;
      void this.#stageEnded(stage, followed.end).catch((error: unknown) => this.fail(saidBy(error)));
    }
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
    this.#waiting = null;
    if (stage.kind === 'switchover') this.#leads = this.#snapshot.cluster.leader?.name ?? null;
    if (this.#isRestarted(next)) return this.#stageEnded(next, restartedEnd(next));
    if (this.#isSpared(next)) return this.#stageEnded(next, sparedEnd(next));
    const stop = await this.#settle();
    if (this.#closing) return;
    if (stop !== null) return this.#close(this.#whole({ outcome: 'failed', text: stop, differs: [] }));
    this.#start = momentOf(this.#snapshot);
    await this.#send();
  }

  /** Waits, not for ever, until the cluster is what the next stage was planned for. Text: why it must not begin. */
  async #settle(): Promise<Text | null> {
    const end = elapsed() + SETTLE_MS;
    for (;;) {
      const stop = this.#obstacle();
      if (stop === null || this.#closing || this.#held !== null || elapsed() > end) return this.#held ?? stop;
      this.#waiting = stop;
      this.#changed();
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }

  #obstacle(): Text | null {
    const stage = this.#currentStage();
    if (stage === null || stage.kind === 'reload') return null;
    if (stage.kind === 'switchover' && stage.member === null) {
      const best = switchoverCandidates(this.#snapshot).find((candidate) => candidate.choice === 'eligible');
      if (best === undefined) return say`nobody may take over from the leader`;
      this.#plan[this.#stage] = { ...stage, member: best.member };
    }
    return obstacleToNext({
      request: this.#record.request,
      before: this.#record.before,
      next: this.#currentStage() ?? stage,
      leader: this.#leads,
      snapshot: this.#snapshot,
      now: this.#deps.now(),
    });
  }

  /**
   * Between two stages Patroni may still be busy with its own end of the last one. "… already in progress" is its plain word
   * that nothing was begun, so asking again repeats nothing.
   */
  #isBusyMeanwhile({ outcome }: End): boolean {
    const busy =
      outcome === 'refused' && this.#stage > 0 && /already in progress/i.test(String(this.#answer?.text ?? ''));
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

  /** Only those with a pending restart were asked for, and this one has none now. */
  #isSpared(stage: Stage): boolean {
    const member = memberOf(this.#snapshot, stage.member);
    if (stage.kind !== 'restart' || !stage.onlyPending || member === null || member.pendingRestart !== null)
      return false;
    this.#mark(`restart:${stage.member}`, say`no restart is pending`, 'skipped');
    return true;
  }

  #isRestarted(stage: Stage): boolean {
    if (stage.kind !== 'restart' || !isRestartedByStepDown(this.#record, memberOf(this.#snapshot, stage.member)))
      return false;
    this.#mark(`restart:${stage.member}`, say`restarted when it stepped down`, 'done');
    return true;
  }

  #mark(key: string, detail: Text | null, state: 'done' | 'skipped'): void {
    this.#marks = { ...this.#marks, [key]: { at: this.#deps.now(), detail, state } };
  }

  #whole(last: End): End {
    return stagedEnd({
      request: this.#record.request,
      plan: this.#plan,
      stage: this.#stage,
      finished: this.#finished,
      last,
      cutOff: this.#held ?? (this.#resumed ? say`Howdah was restarted in the middle and did not go on` : null),
    });
  }

  async #close(end: End): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#extra.close();
    const measured = this.#measure.measured();
    this.#measure.stop();
    const { end: how, clients } = await this.#around.finish(end);
    if (clients !== null) this.#record = { ...this.#record, clients };
    const lastKey = how.outcome === 'done' ? 'verified' : how.outcome === 'scheduled' ? 'scheduled' : null;
    if (lastKey !== null && this.#marks[lastKey] === undefined) this.#mark(lastKey, null, 'done');
    this.#waiting = null;
    const closed = closedRecord(this.#record, how, {
      ...{ now: this.#deps.now(), after: this.#snapshot, ...measured, seen: this.#seen, recovered: this.#resumed },
      steps: stepsSoFar(this.#planned, this.#marks, false, null),
    });
    // Whoever reads "closed" may act again at once: it is said when the outcome stands in the journal and the scope is free.
    await this.#deps.onClose(closed);
    this.#record = closed;
    this.#deps.onChange(closed);
    this.#resolve(closed);
  }

  #stepsNow(): readonly ActionStep[] {
    return stepsSoFar(this.#planned, this.#marks, this.#record.phase === 'open', this.#waiting);
  }

  #note(source: Text, text: Text, at = this.#deps.now()): void {
    this.#seen = [...this.#seen, { at, source, text }].slice(-SEEN_LIMIT);
  }

  #changed(): void {
    if (this.#closing) return;
    this.#record = {
      ...this.#record,
      steps: this.#stepsNow(),
      seen: this.#seen,
      progress: this.#progress,
      outage: this.#measure.outage(),
    };
    this.#deps.onChange(this.#record);
  }
}

const refused = (text: Text): End => end('refused', text);
