import { describe, expect, it } from 'vitest';
import type { ActionRecord, Outage } from '../../domain/actions/action';
import { momentOf } from '../../domain/actions/moment';
import { steady } from '../../domain/testkit';
import { closedRecord, silentChecks } from './record';

const after = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });
const outage: Outage = { ms: 262, by: 'probe', precisionMs: 50, lastWritableAt: 1000, writableAgainAt: 1262 };

const step = (key: string) => ({
  key,
  title: key,
  detail: null,
  state: 'done' as const,
  reachedAt: 1,
  expectedAtMs: null,
});

function closed(
  outcome: 'done' | 'refused' | 'failed',
  request: object = { kind: 'switchover', candidate: null, scheduledAt: null },
  reached: readonly string[] = [],
): ActionRecord {
  const record = {
    id: 'a',
    request,
    before: momentOf(after),
  } as unknown as ActionRecord;
  const closing = {
    ...{ now: after.observedAt, after, outage, seen: [], recovered: false, steps: reached.map(step) },
    ...{ outages: { probe: outage, observation: null }, reached: null },
  };
  return closedRecord(record, { outcome, text: 'so it ended', differs: [] }, closing);
}

describe('who has not answered since the click', () => {
  const members = (more: object) => steady({ members: [{ name: 'n1' }, { name: 'n2', state: 'stopped', ...more }] });
  const reinitialize = {
    kind: 'reinitialize',
    member: 'n2',
    fromLeader: false,
    force: false,
    override: false,
  } as const;
  const silent = (request: Parameters<typeof silentChecks>[0], snapshot: Parameters<typeof silentChecks>[1]) =>
    silentChecks(request, snapshot, snapshot.observedAt).flatMap((check) => check.members);

  it('is not one whose PostgreSQL does not run and whose Patroni is asked to mend that', () => {
    expect(silent(reinitialize, members({ sql: 'refused' }))).toEqual([]);
  });

  it('is one that hangs, or whose Patroni is silent too, and a candidate whose PostgreSQL refuses', () => {
    expect(silent(reinitialize, members({ sql: 'timeout' }))).toEqual(['n2']);
    expect(silent(reinitialize, members({ sql: 'refused', rest: 'refused' }))).toEqual(['n2']);
    const switchover = { kind: 'switchover', candidate: 'n2', scheduledAt: null } as const;
    expect(silent(switchover, members({ sql: 'refused' }))).toEqual(['n2']);
  });
});

describe('the record of an action', () => {
  it('that Patroni refused has no outage: nobody was stopped by it', () => {
    expect(closed('refused').outage).toBeNull();
  });

  it('of a switchover says what was lost where it came about, and nothing of one that did not', () => {
    expect(String(closed('done').lost)).toContain('Not writable for 0.3 s by the write probe.');
    expect([closed('refused').lost, closed('failed').lost]).toEqual([undefined, undefined]);
  });

  it('of a rolling restart says what its handover lost, also where it broke off after it; without a handover nothing', () => {
    const rolling = { kind: 'rolling_restart', onlyPending: false };
    const handed = ['restart:n2', 'switchover:requested', 'switchover:promoted'];
    expect(String(closed('done', rolling, handed).lost)).toMatch(
      /^Handover: .* Not writable for 0\.3 s by the write probe\.$/,
    );
    expect(closed('failed', rolling, handed).lost).toBeDefined();
    for (const steps of [['restart:n2'], ['restart:n2', 'switchover:requested'], ['restart:n1', 'restart:n2']])
      expect(closed('done', rolling, steps).lost).toBeUndefined();
  });

  it('that was carried out, or broken off, keeps what was measured', () => {
    expect(closed('done').outage).toEqual(outage);
    expect(closed('failed').outage).toEqual(outage);
  });
});
