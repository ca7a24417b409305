// In the collector's thread: what the rules find on each snapshot, sent to the web server's process when it changed, else every few
// seconds, because an alert ends only by a report that does not name it. Nothing here knows who is told.
import type { AlertRule } from '../../domain/alerts/alert';
import { type CareSeen, careReport } from '../../domain/alerts/care-report';
import { type ConditionReport, NOTHING_UNSEEN, reportOf } from '../../domain/alerts/conditions';
import type { Snapshot } from '../../domain/cluster';

/** A rule waits for seconds: where something is, or was a while ago, it is said each second. */
const LIVELY_MS = 1000;
const LIVELY_FOR_MS = 3 * 60_000;
/** In lively turns: everything else. */
const QUIET_TURNS = 5;

export class Reports {
  readonly #rules: readonly AlertRule[];
  readonly #send: (reports: readonly ConditionReport[]) => void;
  /** What was last said of a scope, as text to compare. */
  readonly #said = new Map<string, string>();
  readonly #changedAt = new Map<string, number>();
  readonly #waiting = new Map<string, ConditionReport>();
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

  constructor(rules: readonly AlertRule[], send: (reports: readonly ConditionReport[]) => void) {
    this.#rules = rules;
    this.#send = send;
    this.#timer = setInterval(() => this.#flush(), LIVELY_MS);
  }

  saw(snapshot: Snapshot, acting: boolean): void {
    const report = reportOf(this.#rules, snapshot, acting);
    const matter = matterOf(report);
    if (this.#said.get(report.scope) === matter) {
      this.#waiting.set(report.scope, report);
      return;
    }
    this.#said.set(report.scope, matter);
    this.#changedAt.set(report.scope, report.observedAt);
    this.#waiting.delete(report.scope);
    this.#send([report]);
  }

  /** A DCS is looked at seldom: each look is said. */
  looked(seen: CareSeen): void {
    this.#send([careReport(this.#rules, seen)]);
  }

  gone(scope: string, observedAt: number): void {
    this.#said.delete(scope);
    this.#changedAt.delete(scope);
    this.#waiting.delete(scope);
    const nothing = { labels: {}, conditions: [], unseen: NOTHING_UNSEEN, intervalMs: 0 };
    this.#send([{ ...nothing, scope, observedAt, changing: false, gone: true }]);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #flush(): void {
    this.#turn = (this.#turn + 1) % QUIET_TURNS;
    const due = [...this.#waiting.values()].filter((report) => this.#turn === 0 || this.#isLively(report));
    if (due.length === 0) return;
    for (const { scope } of due) this.#waiting.delete(scope);
    this.#send(due);
  }

  #isLively({ scope, conditions, observedAt }: ConditionReport): boolean {
    return conditions.length > 0 || observedAt - (this.#changedAt.get(scope) ?? 0) < LIVELY_FOR_MS;
  }
}

/** Titles and evidence count seconds: they are no news. */
function matterOf({ conditions, unseen, changing }: ConditionReport): string {
  return JSON.stringify([conditions.map(({ rule, key, severity }) => [rule, key, severity]), unseen, changing]);
}
