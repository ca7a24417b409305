import { describe, expect, it } from 'vitest';
import { NOW, steady } from '../testkit';
import type { RequestOf } from './action';
import { bind } from './bound';
import { follow } from './follow';
import type { Extra } from './follower';
import { momentOf } from './moment';
import { planOf } from './plan';
import type { RestSeen } from './rest-answer';

const snapshot = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });
const request = (how: 'cancel' | 'terminate'): RequestOf<'end_session'> => ({
  ...{ kind: 'end_session', member: 'n1', pid: 7, how, backendStart: '2026-11-30T12:00:00.000000Z' },
});
const SENT: RestSeen = { at: NOW + 50, status: 200, text: 'signal sent to app, cart', error: null };
const session = (part: Partial<NonNullable<Extra['session']>>): Extra['session'] => ({
  ...{ at: NOW + 1000, isThere: true, state: 'active', statementSeconds: 60 },
  ...part,
});

function read(how: 'cancel' | 'terminate', answer: RestSeen | null, seen: Extra['session'], afterMs = 1000) {
  const [stage] = planOf(request(how), snapshot);
  if (stage === undefined) throw new Error('the plan is empty');
  const { end, marks } = follow({
    ...{ stage, request: request(how), bound: bind(snapshot), start: momentOf(snapshot), marks: {}, answer },
    sent: { at: NOW, way: 'sql', wake: null, revision: null },
    snapshot: { ...snapshot, observedAt: NOW + afterMs },
    extra: { backup: null, uptake: null, session: seen },
  });
  return { outcome: end?.outcome ?? null, text: String(end?.text ?? ''), marks: Object.keys(marks) };
}

describe('a session that was asked to end', () => {
  it('is terminated when it is seen to be gone, whatever PostgreSQL answered', () => {
    expect(read('terminate', SENT, null).outcome).toBeNull();
    expect(read('terminate', SENT, session({})).outcome).toBeNull();
    expect(read('terminate', SENT, session({ state: 'idle' })).outcome).toBeNull();
    expect(read('terminate', SENT, session({ isThere: false }))).toMatchObject({ outcome: 'done', marks: ['ended'] });
    const lost: RestSeen = { at: NOW + 50, status: null, text: 'connection closed', error: 'closed' };
    expect(read('terminate', lost, session({ isThere: false })).outcome).toBe('done');
  });

  it('is cancelled when its statement is over: idle, or with a younger one', () => {
    expect(read('cancel', SENT, session({})).outcome).toBeNull();
    expect(read('cancel', SENT, session({ state: 'idle in transaction (aborted)' })).outcome).toBe('done');
    expect(read('cancel', SENT, session({ statementSeconds: 0.2 })).outcome).toBe('done');
    expect(read('cancel', SENT, session({ statementSeconds: 0.95 })).outcome).toBeNull();
  });

  it('is not called ended before PostgreSQL answered that it was there, unless the answer is lost for good', () => {
    expect(read('terminate', null, session({ isThere: false })).outcome).toBeNull();
    expect(read('terminate', null, session({ isThere: false }), 11_000).outcome).toBe('done');
  });

  it('is not judged by what was seen before the signal', () => {
    expect(read('terminate', SENT, session({ at: NOW - 10, isThere: false })).outcome).toBeNull();
  });

  it('was not touched where PostgreSQL refused or found nobody, and says so', () => {
    const gone: RestSeen = { at: NOW + 50, status: 404, text: 'there is no such session', error: null };
    const denied: RestSeen = { at: NOW + 50, status: 403, text: 'permission denied', error: null };
    const unreached: RestSeen = { at: NOW + 50, status: null, text: 'no role', error: 'skipped' };
    for (const answer of [gone, denied, unreached]) {
      const followed = read('terminate', answer, session({}));
      expect(followed.outcome).toBe('refused');
      expect(followed.text).toContain(String(answer.text));
    }
  });

  it('failed where it is still there half a minute later, and is unknown where nobody could look', () => {
    expect(read('terminate', SENT, session({ at: NOW + 30_000 }), 31_000).outcome).toBe('failed');
    expect(read('terminate', SENT, null, 31_000).outcome).toBe('unknown');
  });
});
