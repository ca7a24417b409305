import { describe, expect, it } from 'vitest';
import type { ActionRecord, Outage } from '../../domain/actions/action';
import { momentOf } from '../../domain/actions/moment';
import { steady } from '../../domain/testkit';
import { closedRecord } from './record';

const after = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });
const outage: Outage = { ms: 262, by: 'probe', precisionMs: 50, lastWritableAt: 1000, writableAgainAt: 1262 };

function closed(outcome: 'done' | 'refused' | 'failed'): ActionRecord {
  const record = { id: 'a', before: momentOf(after) } as unknown as ActionRecord;
  const closing = { now: after.observedAt, after, outage, seen: [], recovered: false, steps: [] };
  return closedRecord(record, { outcome, text: 'so it ended', differs: [] }, closing);
}

describe('the record of an action', () => {
  it('that Patroni refused has no outage: nobody was stopped by it', () => {
    expect(closed('refused').outage).toBeNull();
  });

  it('that was carried out, or broken off, keeps what was measured', () => {
    expect(closed('done').outage).toEqual(outage);
    expect(closed('failed').outage).toEqual(outage);
  });
});
