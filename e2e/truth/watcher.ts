// Howdah's own collector looking at a lab, in this process, with the questions that a truth test asks of it.
import { readFileSync } from 'node:fs';
import type { FindingCode, Member, Snapshot } from '../../lib/domain/cluster';
import { glyphOf } from '../../lib/domain/fleet';
import { renderSnapshot } from '../../lib/domain/render';
import { Collector } from '../../lib/server/collector/collector';
import { loadConfig } from '../../lib/server/config/config';
import type { Lab } from '../lab/lab';
import { CHECKOUT, SCOPE } from '../lab/layout';

export class Watcher {
  readonly #collector: Collector;
  readonly seen: Snapshot[] = [];

  constructor(lab: Lab, argv: readonly string[] = ['--config', lab.howdahYaml]) {
    const loaded = loadConfig({
      argv,
      env: process.env,
      cwd: CHECKOUT,
      readFile: (file) => readFileSync(file, 'utf8'),
    });
    if (!loaded.ok) throw new Error(loaded.problems.map((problem) => problem.message).join('; '));
    const { sources, poll } = loaded.config;
    this.#collector = new Collector({
      sources,
      poll,
      now: Date.now,
      onUpdate: ({ snapshot }) => {
        this.seen.push(snapshot);
        if (this.seen.length > 2000) this.seen.shift();
      },
      onGone: () => undefined,
    });
    this.#collector.setViewers(new Set([SCOPE]), true);
    this.#collector.start();
  }

  get snapshot(): Snapshot {
    const snapshot = this.#collector.snapshotOf(SCOPE);
    if (snapshot === null) throw new Error(`nothing is known of ${SCOPE} yet`);
    return snapshot;
  }

  member(name: string): Member {
    const member = this.snapshot.cluster.members.find((entry) => entry.name === name);
    if (member === undefined) throw new Error(`no member ${name}`);
    return member;
  }

  glyph(name: string): string {
    return glyphOf(this.member(name), this.snapshot.cluster);
  }

  codes(): readonly FindingCode[] {
    return this.snapshot.findings.map((finding) => finding.code);
  }

  /** Polls until true; fails with what Howdah saw instead. */
  async until(what: string, test: () => boolean, timeoutMs = 60_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (Date.now() < end) {
      try {
        if (test()) return;
      } catch {
        // Not known yet.
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    let shown = 'nothing';
    try {
      shown = renderSnapshot(this.snapshot, []);
    } catch {
      // Nothing was ever seen.
    }
    throw new Error(`waited ${timeoutMs / 1000} s for ${what}; Howdah shows:\n${shown}`);
  }

  async untilFound(code: FindingCode, timeoutMs = 60_000): Promise<void> {
    await this.until(`the finding ${code}`, () => this.codes().includes(code), timeoutMs);
  }

  async untilHealthy(timeoutMs = 90_000): Promise<void> {
    await this.until(
      'a healthy cluster',
      () => this.snapshot.health === 'ok' || this.snapshot.health === 'note',
      timeoutMs,
    );
  }

  async stop(): Promise<void> {
    await this.#collector.stop();
  }
}
