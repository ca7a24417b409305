import { describe, expect, it } from 'vitest';
import type { ActionRequest } from '@/lib/domain/actions/action';
import { askedBy, draftOf } from './draft';

const AT = '2030-01-02T03:04';

describe('a draft', () => {
  it('of a complete request asks for that request again', () => {
    const requests: ActionRequest[] = [
      { kind: 'switchover', candidate: 'n2', scheduledAt: null },
      { kind: 'switchover', candidate: 'n2', scheduledAt: null, pausePools: true },
      { kind: 'rolling_restart', onlyPending: false, pausePools: true },
      { kind: 'cancel_switchover' },
      { kind: 'failover', candidate: 'n2' },
      { kind: 'pause', owner: 'dba', until: null, autoResume: false },
      { kind: 'resume' },
      { kind: 'edit_config', baseRevision: '7', baseDigest: null, value: { ttl: 30 }, text: null },
      { kind: 'restart', members: ['n1', 'n3'], onlyPending: true, scheduledAt: null, timeoutSeconds: 60 },
      { kind: 'rolling_restart', onlyPending: true },
      { kind: 'cancel_restart', member: 'n3' },
      { kind: 'reload', members: ['n1'] },
      { kind: 'reinitialize', member: 'n3', fromLeader: true, force: true, override: true },
      { kind: 'demote_cluster', host: 'db.example', port: 5432, restoreCommand: null, primarySlotName: 'a' },
      { kind: 'promote_cluster' },
    ];
    for (const request of requests) expect(askedBy(draftOf(request, ''))).toEqual({ request, missing: null });
  });

  it('says what is missing instead of guessing', () => {
    const missing = (request: ActionRequest) => askedBy(draftOf(request, '')).missing;
    expect(missing({ kind: 'switchover', candidate: null, scheduledAt: null })).toBe('Choose a candidate');
    expect(missing({ kind: 'failover', candidate: '' })).toBe('Choose a candidate');
    expect(missing({ kind: 'reload', members: [] })).toBe('Choose members');
    expect(missing({ kind: 'cancel_restart', member: '' })).toBe('Choose a member');
  });

  it('leaves the choice to Patroni only when that was chosen', () => {
    const draft = draftOf({ kind: 'switchover', candidate: null, scheduledAt: null }, '');
    expect(askedBy({ ...draft, candidate: null }).request).toEqual({
      kind: 'switchover',
      candidate: null,
      scheduledAt: null,
    });
  });

  it('for later sends a full instant with its offset, and none without a time', () => {
    const draft = {
      ...draftOf({ kind: 'switchover', candidate: 'n2', scheduledAt: null }, ''),
      when: 'later' as const,
    };
    expect(askedBy(draft).missing).toBe('Choose a time');
    const { request } = askedBy({ ...draft, at: AT });
    expect(request?.kind === 'switchover' && request.scheduledAt).toMatch(/^2030-01-02T03:04:00[+-]\d\d:\d\d$/);
  });

  it('resumes by itself only at an end', () => {
    const draft = draftOf({ kind: 'pause', owner: null, until: null, autoResume: false }, '');
    const { request } = askedBy({ ...draft, autoResume: true });
    expect(request).toMatchObject({ until: null, autoResume: false });
  });
});
