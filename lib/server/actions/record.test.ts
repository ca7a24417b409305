import { describe, expect, it } from 'vitest';
import type { ActionRecord, Outage } from '../../domain/actions/action';
import { momentOf } from '../../domain/actions/moment';
import { steady } from '../../domain/testkit';
import { closedRecord } from './record';

const after = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });
const outage: Outage = { ms: 262, by: 'probe', precisionMs: 50, lastWritableAt: 1000, writableAgainAt: 1262 };

function closed(outcome: 'done' | 'refused' | 'failed'): ActionRecord {
  const record = {
    id: 'a',
    request: { kind: 'switchover', candidate: null, scheduledAt: null },
    before: momentOf(after),
  } as unknown as ActionRecord;
  const closing = {
    ...{ now: after.observedAt, after, outage, seen: [], recovered: false, steps: [] },
    ...{ outages: { probe: outage, observation: null }, reached: null },
  };
  return closedRecord(record, { outcome, text: 'so it ended', differs: [] }, closing);
}

describe('the record of an action', () => {
  it('that Patroni refused has no outage: nobody was stopped by it', () => {
    expect(closed('refused').outage).toBeNull();
  });

  it('of a switchover says what was lost where it came about, and nothing of one that did not', () => {
    expect(String(closed('done').lost)).toContain('Not writable for 0.3 s by the write probe.');
    expect([closed('refused').lost, closed('failed').lost]).toEqual([undefined, undefined]);
  });

  it('that was carried out, or broken off, keeps what was measured', () => {
    expect(closed('done').outage).toEqual(outage);
    expect(closed('failed').outage).toEqual(outage);
  });
});
