// In the collector's thread: what the rules find on each snapshot, sent to the web server's process when it changed, else every few
// seconds, because an alert ends only by a report that does not name it. Nothing here knows who is told.
import type { AlertRule } from '../../domain/alerts/alert';
import { type ConditionReport, reportOf } from '../../domain/alerts/conditions';
import type { Snapshot } from '../../domain/cluster';

const AGAIN_MS = 5000;

export class Reports {
  readonly #rules: readonly AlertRule[];
  readonly #send: (reports: readonly ConditionReport[]) => void;
  /** What was last said of a scope, as text to compare. */
  readonly #said = new Map<string, string>();
  readonly #waiting = new Map<string, ConditionReport>();
  readonly #timer: NodeJS.Timeout;

  constructor(rules: readonly AlertRule[], send: (reports: readonly ConditionReport[]) => void) {
    this.#rules = rules;
    this.#send = send;
    this.#timer = setInterval(() => this.#flush(), AGAIN_MS);
  }

  saw(snapshot: Snapshot, acting: boolean): void {
    const report = reportOf(this.#rules, snapshot, acting);
    const matter = matterOf(report);
    if (this.#said.get(report.scope) === matter) {
      this.#waiting.set(report.scope, report);
      return;
    }
    this.#said.set(report.scope, matter);
    this.#waiting.delete(report.scope);
    this.#send([report]);
  }

  gone(scope: string, observedAt: number): void {
    this.#said.delete(scope);
    this.#waiting.delete(scope);
    const unseen = { members: [], dcs: false, readiness: false };
    this.#send([{ scope, labels: {}, observedAt, conditions: [], unseen, changing: false, gone: true }]);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #flush(): void {
    if (this.#waiting.size === 0) return;
    this.#send([...this.#waiting.values()]);
    this.#waiting.clear();
  }
}

/** Titles and evidence count seconds: they are no news. */
function matterOf({ conditions, unseen, changing }: ConditionReport): string {
  return JSON.stringify([conditions.map(({ rule, key, severity }) => [rule, key, severity]), unseen, changing]);
}
