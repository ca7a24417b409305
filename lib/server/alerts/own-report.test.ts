import { describe, expect, it } from 'vitest';
import { ownReport } from './own-report';

const NOTHING = { failingSince: null, lastOkAt: null, lastError: null } as never;

describe('alerts of Howdah itself', () => {
  it('say a broken record as critical, by the file, since it was found, until nobody says it any more', () => {
    const record = [{ id: 'b1', at: 5, file: 'journal.broken-1.jsonl', found: ['entry 2 was changed'] }];
    const { conditions } = ownReport([], () => NOTHING, { glass: [], record }, 1000);
    expect(conditions).toMatchObject([
      { rule: 'audit-record', scope: '', key: 'b1', severity: 'critical', since: 5, evidence: ['entry 2 was changed'] },
    ]);
    expect(String(conditions[0]?.title)).toBe('The audit record is broken: journal.broken-1.jsonl');
    expect(ownReport([], () => NOTHING, { glass: [], record: [] }, 1000).conditions).toEqual([]);
  });
});
