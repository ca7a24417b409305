import { describe, expect, it } from 'vitest';
import type { Approval, MeAnswer } from '../../contract/access';
import { sortRequests } from './approvals';

const NOW = 1_795_218_900_000;
const MINUTE = 60_000;

const me = (name: string, part: Partial<MeAnswer> = {}): MeAnswer => ({
  kind: 'user',
  name,
  grants: [{ role: 'operator', scopes: null, labels: { env: 'prod' } }],
  idleAt: null,
  expiresAt: null,
  unverifiedSince: null,
  totp: false,
  owesFactor: false,
  notices: [],
  external: false,
  directory: false,
  passkeys: 0,
  policies: [{ actions: null, scopes: null, labels: {}, minutes: 30 }],
  admins: ['a.ivanova'],
  ...part,
});

const request = (id: string, part: Partial<Approval> = {}): Approval => ({
  id,
  scope: 'orders',
  request: { kind: 'resume' },
  summary: '',
  verb: 'Resume',
  reason: 'done',
  askedBy: 'm.keller',
  askedAt: NOW - MINUTE,
  expiresAt: NOW + 10 * MINUTE,
  state: 'waiting',
  decidedBy: null,
  decidedAt: null,
  words: null,
  actionId: null,
  ...part,
});

const prod = () => ({ env: 'prod' });

describe('requests for a second person', () => {
  it('wait for who may do it themselves, and never for who asked', () => {
    const all = [request('a')];
    expect(sortRequests(all, me('a.ivanova'), prod, null, NOW).forMe).toBe(1);
    const own = sortRequests(all, me('m.keller'), prod, null, NOW);
    expect([own.forMe, own.waiting[0]?.isOwn]).toEqual([0, true]);
  });

  it('say why somebody else cannot decide them', () => {
    const viewer = me('v.petrov', { grants: [{ role: 'viewer', scopes: null, labels: {} }] });
    expect(sortRequests([request('a')], viewer, prod, null, NOW)).toMatchObject({
      forMe: 0,
      waiting: [{ mayNot: expect.stringContaining('may not approve requests') }],
    });
    // Approving is doing it: an operator may approve, and may not reinitialize.
    const rebuild = request('b', {
      request: { kind: 'reinitialize', member: 'n3', fromLeader: false, force: false, override: false },
    });
    expect(sortRequests([rebuild], me('n.night'), prod, null, NOW).waiting[0]?.mayNot).toContain('reinitialize');
    expect(sortRequests([request('a')], me('n.night'), () => ({ env: 'dev' }), null, NOW).forMe).toBe(0);
  });

  it('are there until they expire, by the clock and not only by the last answer', () => {
    const all = [request('a', { expiresAt: NOW + MINUTE }), request('b', { expiresAt: NOW + 2 * MINUTE })];
    const ids = (now: number) =>
      sortRequests(all, me('a.ivanova'), prod, null, now).waiting.map(({ approval }) => approval.id);
    expect(ids(NOW)).toEqual(['a', 'b']);
    expect(ids(NOW + MINUTE)).toEqual(['b']);
  });

  it('of another cluster are not shown on this one', () => {
    const all = [request('a'), request('b', { scope: 'billing' })];
    expect(sortRequests(all, me('a.ivanova'), prod, 'billing', NOW).waiting.map(({ approval }) => approval.id)).toEqual(
      ['b'],
    );
  });

  it('that were decided are told for a while to who asked, and to nobody else', () => {
    const decided = request('a', { state: 'declined', decidedBy: 'a.ivanova', decidedAt: NOW - MINUTE });
    const ids = (name: string, now: number) =>
      sortRequests([decided], me(name), prod, null, now).decided.map(({ id }) => id);
    expect(ids('m.keller', NOW)).toEqual(['a']);
    expect(ids('m.keller', NOW + 20 * MINUTE)).toEqual([]);
    expect(ids('a.ivanova', NOW)).toEqual([]);
  });
});
