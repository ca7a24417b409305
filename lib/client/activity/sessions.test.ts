import { describe, expect, it } from 'vitest';
import type { Inside, SessionRow } from './activity';
import { connectionsLeft, sessionsCsv, sessionsOf, worstRoot } from './sessions';

const session = (pid: number, part: Partial<SessionRow> = {}): SessionRow => ({
  ...{ pid, backendStart: 'x', type: 'client backend', database: 'orders', user: 'app', application: 'cart' },
  ...{ client: '10.0.0.1', state: 'idle', wait: null, waitsForLock: false, transactionSeconds: null },
  ...{ statementSeconds: null, stateSeconds: 1, xminAge: null, writes: false, superuser: false, statement: null },
  ...part,
});
const inside = (part: Partial<Inside>): Inside => part as Inside;

describe('sessions', () => {
  const sessions = [
    session(1, { state: 'active', transactionSeconds: 5 }),
    session(2, { state: 'idle in transaction (aborted)', transactionSeconds: 250 }),
    session(3),
    session(4, { state: 'active', user: 'report' }),
  ];
  const pids = (kind: Parameters<typeof sessionsOf>[1], text = ''): number[] =>
    sessionsOf(inside({ sessions }), kind, text).map(({ pid }) => pid);

  it('come with the longest transaction first, and idle ones only where all are asked for', () => {
    expect(pids('busy')).toEqual([2, 1, 4]);
    expect(pids('all')).toEqual([2, 1, 3, 4]);
    expect(pids('idle_in_transaction')).toEqual([2]);
  });

  it('are found by every word, in whatever column', () => {
    expect(pids('all', 'REPORT active')).toEqual([4]);
    expect(pids('all', 'report idle')).toEqual([]);
  });

  it('are no formula in a spreadsheet', () => {
    expect(sessionsCsv([session(1, { application: '=cmd()' })])).toContain(",'=cmd(),");
  });
});

describe('connections', () => {
  const connections = {
    ...{ limit: 200, superuserReserved: 3, roleReserved: 7, waiting: 0, active: 0, idleInTransaction: 0, idle: 0 },
    roles: [],
  };

  it('that are reserved are not for clients, and more than all are never left', () => {
    expect(connectionsLeft({ ...connections, used: 188 })).toEqual({ forClients: 190, left: 2 });
    expect(connectionsLeft({ ...connections, used: 195 })).toEqual({ forClients: 190, left: 0 });
  });
});

describe('the worst root', () => {
  it('is the first that blocks anybody', () => {
    const line = (pid: number, depth: number, blocks: number) => ({ pid, depth, blocks }) as Inside['blocking'][number];
    expect(worstRoot(inside({ blocking: [line(1, 0, 3), line(2, 1, 0)] }))?.pid).toBe(1);
    expect(worstRoot(inside({ blocking: [] }))).toBeUndefined();
  });
});
