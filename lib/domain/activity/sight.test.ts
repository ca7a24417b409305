import { describe, expect, it } from 'vitest';
import type { Activity, Session } from './activity';
import { seenWith } from './sight';

const session = (statement: string | null): Session => ({ pid: 1, statement }) as unknown as Session;
const activity = { sessions: [session("UPDATE t SET v = 'hunter2'"), session(null)] } as unknown as Activity;

describe('what may be read of statements', () => {
  it('is nothing without the right: no text is left anywhere in the answer', () => {
    const seen = seenWith(activity, 'denied');
    expect(seen.sessions.map(({ statement }) => statement)).toEqual([null, null]);
    expect(JSON.stringify(seen)).not.toContain('UPDATE');
  });

  it('is the statement without its values, and the whole of it only where that was asked for', () => {
    expect(seenWith(activity, 'masked').sessions[0]?.statement).toBe('UPDATE t SET v = ?');
    expect(seenWith(activity, 'whole').sessions[0]?.statement).toContain('hunter2');
  });
});
