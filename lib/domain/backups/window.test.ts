import { describe, expect, it } from 'vitest';
import { NOW } from '../testkit';
import type { Stanza } from './backup';
import { reportsOf } from './backup';
import { planOf } from './plan';
import { backup, DAY, HOUR, holed, report, walAt } from './test-reports';
import { backupFor, windowOf } from './window';

const ago = (at: number | null): number | null => (at === null ? null : (NOW - at) / DAY);
const spans = (of: Parameters<typeof windowOf>[0]) =>
  windowOf(of).spans.map(({ fromAt, toAt }) => [ago(fromAt), ago(toAt)]);

describe('where a restore leads', () => {
  it('is from the end of the oldest good backup to what is archived now', () => {
    expect(spans(report([backup('F1', 14), backup('F2', 7)]))).toEqual([[14, null]]);
  });

  it('a lost WAL file spoils every moment up to the end of the next good backup, not only its own', () => {
    // The WAL of 10 days ago lies at 200: it was lost 9.5 days ago, and the next backup ended 7 days ago.
    const of = report([backup('F1', 14), backup('F2', 7)], holed([205, 9.5]));
    expect(spans(of)).toEqual([
      [14, 9.5],
      [7, null],
    ]);
    expect(windowOf(of).gaps).toMatchObject([{ firstWal: walAt(205), count: 1 }]);
    expect(backupFor(windowOf(of), NOW - 8 * DAY)).toBeNull();
    expect(backupFor(windowOf(of), NOW - 10 * DAY)?.label).toBe('F1');
    expect(backupFor(windowOf(of), NOW - DAY)?.label).toBe('F2');
  });

  it('a hole that nothing was backed up after leaves no restore to now', () => {
    const of = report([backup('F1', 14)], holed([205, 9.5]));
    expect(spans(of)).toEqual([[14, 9.5]]);
    expect(windowOf(of).gaps).toMatchObject([{ toAt: null }]);
  });

  it('near miss: a hole before the oldest backup spoils nothing', () => {
    expect(windowOf(report([backup('F1', 14)], holed([3, 29]))).gaps).toEqual([]);
  });

  it('a backup whose own WAL is lost leads nowhere, and what builds on a failed one neither', () => {
    expect(spans(report([backup('F1', 14), backup('F2', 7)], holed([230, 7.01])))).toEqual([[14, 7.01]]);
    const chain = [backup('F1', 14, { state: 'failed' }), backup('I1', 13, { kind: 'incremental', prior: 'F1' })];
    expect(spans(report(chain))).toEqual([]);
    expect(spans(report([backup('I1', 13, { kind: 'incremental', prior: 'gone' })]))).toEqual([]);
  });

  it('two that build on each other end nowhere instead of for ever', () => {
    const ring = [
      backup('A', 2, { kind: 'incremental', prior: 'B' }),
      backup('B', 1, { kind: 'incremental', prior: 'A' }),
    ];
    expect(spans(report(ring))).toEqual([]);
  });
});

describe('whose report it is', () => {
  const of = (more: Partial<Stanza & { scope: string | null }>) => [report([], more)];

  it('says the system identifier alone where the tool tells one, whatever cluster was named with it', () => {
    expect(reportsOf(of({ systemIdentifier: '1', scope: 'orders' }), '2', 'orders')).toEqual([]);
    expect(reportsOf(of({ systemIdentifier: '2' }), '2', 'orders')).toHaveLength(1);
  });

  it('says who sent it where the tool tells none', () => {
    expect(reportsOf(of({ systemIdentifier: null, scope: 'orders' }), '2', 'orders')).toHaveLength(1);
    expect(reportsOf(of({ systemIdentifier: null, scope: null }), '2', 'orders')).toEqual([]);
  });
});

describe('the plan of a restore', () => {
  const full = backup('20261114-020000F', 7);
  const incr = backup('20261114-020000F_20261120-020000I', 1, { kind: 'incremental', prior: full.label });

  it('names the backup, what it builds on, the WAL and the command', () => {
    const plan = planOf(report([full, incr]), NOW - HOUR, NOW);
    expect(plan).toMatchObject({ possible: true, chain: [full.label, incr.label], firstWal: incr.startWal });
    expect(plan.commands[0]).toContain(
      `--set=${incr.label} --type=time --target="${new Date(NOW - HOUR).toISOString().slice(0, 10)}`,
    );
    // What is restored must not write into the archive of the cluster.
    expect(plan.commands[0]).toContain('--archive-mode=off');
    expect(plan.cautions.map(String)).toContainEqual(expect.stringMatching(/never over the cluster/));
    expect(plan.cautions.map(String)).toContainEqual(expect.stringMatching(/not proved/));
  });

  it('refuses a moment before the oldest, one within a gap, and one that is not archived yet', () => {
    const of = report([backup('F1', 14), backup('F2', 7)], holed([205, 9.5]));
    expect(String(planOf(of, NOW - 20 * DAY, NOW).text)).toMatch(/oldest good backup ended later/);
    expect(String(planOf(of, NOW - 8 * DAY, NOW).text)).toMatch(/WAL is missing/);
    expect(String(planOf(of, NOW, NOW - HOUR).text)).toMatch(/not been archived/);
    for (const at of [NOW - 20 * DAY, NOW - 8 * DAY]) expect(planOf(of, at, NOW).commands).toEqual([]);
  });

  it.each(['orders; rm -rf /', '$(id)', '-x', "a'b", 'a b'])('makes no command of the name %j', (name) => {
    const plan = planOf(report([full], { name }), NOW - HOUR, NOW);
    expect(plan).toMatchObject({ possible: true, commands: [] });
  });

  it('knows the words of Barman and WAL-G', () => {
    expect(planOf(report([full], { tool: 'barman', name: 'orders' }), NOW - HOUR, NOW).commands[0]).toMatch(
      /^barman recover --target-time /,
    );
    expect(planOf(report([full], { tool: 'wal-g', name: '' }), NOW - HOUR, NOW).commands[0]).toMatch(
      /^wal-g backup-fetch /,
    );
  });
});
