import { describe, expect, it } from 'vitest';
import { ownReport } from './own-report';

const NOTHING = { failingSince: null, lastOkAt: null, lastError: null } as never;

describe('alerts of Howdah itself', () => {
  it('say a broken record as critical, by the file, since it was found, until nobody says it any more', () => {
    const record = [{ id: 'b1', at: 5, file: 'journal.broken-1.jsonl', found: ['entry 2 was changed'] }];
    const { conditions } = ownReport([], () => NOTHING, { glass: [], record, streams: [] }, 1000);
    expect(conditions).toMatchObject([
      { rule: 'audit-record', scope: '', key: 'b1', severity: 'critical', since: 5, evidence: ['entry 2 was changed'] },
    ]);
    expect(String(conditions[0]?.title)).toBe('The audit record is broken: journal.broken-1.jsonl');
    expect(ownReport([], () => NOTHING, { glass: [], record: [], streams: [] }, 1000).conditions).toEqual([]);
  });

  it('say an audit stream that is behind for long, or far, or has lost something; not one that is late for a moment', () => {
    const now = 3_600_000;
    const well = { ...{ name: 'siem', target: 'siem:6514', behind: 3, dropAfter: 100, dropped: 0, droppedAt: null } };
    const state = { ...well, lastOkAt: now, failingSince: null, lastError: null };
    const told = (changes: Partial<typeof state> | object) =>
      ownReport([], () => NOTHING, { glass: [], record: [], streams: [{ ...state, ...changes }] }, now).conditions.map(
        ({ rule, key, title, evidence, since }) => [rule, key, String(title), evidence.map(String), since],
      );
    expect(told({})).toEqual([]);
    expect(told({ failingSince: now - 299_000, lastError: 'connection refused' })).toEqual([]);
    expect(told({ failingSince: now - 300_000, lastError: 'connection refused' })).toEqual([
      [
        'audit-stream',
        'siem',
        'The audit stream siem has not worked for 5 min',
        ['3 entries behind, dropped from 100 on', 'siem:6514: connection refused'],
        now - 300_000,
      ],
    ]);
    expect(told({ behind: 50 })).toEqual([]);
    expect(told({ behind: 51 }).map(([, , title]) => title)).toEqual(['The audit stream siem is far behind']);
    expect(told({ dropped: 7, droppedAt: now - 1000 })).toEqual([
      [
        'audit-stream',
        'siem dropped',
        'The audit stream siem has lost entries',
        ['7 entries were never sent to siem:6514'],
        now - 1000,
      ],
    ]);
    expect(told({ dropped: 7, droppedAt: now - 16 * 60_000 })).toEqual([]);
  });
});
