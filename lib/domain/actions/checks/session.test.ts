import { describe, expect, it } from 'vitest';
import { NOW, quietFacts, steady } from '../../testkit';
import type { ActionFacts, RequestOf } from '../action';
import { preflight } from '../preflight';

const request = (member: string, how: 'cancel' | 'terminate' = 'terminate'): RequestOf<'end_session'> => ({
  ...{ kind: 'end_session', member, pid: 7, how, backendStart: '2026-11-30T12:00:00.000000Z' },
});
const snapshot = steady({ members: [{ name: 'n1' }, { name: 'n2', sql: 'refused' }] });
const judged = (asked: RequestOf<'end_session'>, facts: Partial<ActionFacts> = { signal: true }) =>
  preflight(asked, snapshot, quietFacts(snapshot, facts), NOW);
const blockers = (...asked: Parameters<typeof judged>): readonly string[] =>
  judged(...asked).checks.flatMap(({ verdict, code }) => (verdict === 'blocker' ? [code] : []));

describe('ending a session', () => {
  it('may go where its PostgreSQL answers and a role for it is configured, whatever the DCS and Patroni do', () => {
    expect(blockers(request('n1'))).toEqual([]);
    expect(judged(request('n1'))).toMatchObject({ way: 'sql', confirm: null, outage: null, atRisk: null });
    const blind = steady({ members: [{ name: 'n1', rest: 'refused' }], leader: null });
    const alone = preflight(request('n1'), blind, quietFacts(blind, { signal: true }), NOW);
    expect(alone.checks.filter(({ verdict }) => verdict === 'blocker')).toEqual([]);
  });

  it('is refused without that role, and where the PostgreSQL is silent', () => {
    expect(blockers(request('n1'), { signal: false })).toEqual(['no_signal_role']);
    expect(blockers(request('n2'))).toEqual(['session_member_silent']);
  });

  it('says what is rolled back, and that a cancel does less', () => {
    expect(String(judged(request('n1')).summary)).toContain('rolled back');
    const cancel = judged(request('n1', 'cancel'));
    expect(String(cancel.summary)).toContain('its session stays');
    expect(cancel.checks.find(({ code }) => code === 'session_cost')?.verdict).toBe('note');
  });
});
