import { describe, expect, it } from 'vitest';
import type { ScopedEvent } from '../../contract/history';
import type { ActionRecord } from '../../domain/actions/action';
import { EVENT_KINDS } from '../../domain/events';
import { actionOf } from './event-actions';
import { EVENT_GROUPS, eventsRequest, isFiltered, parseEventFilter, printEventFilter } from './event-filter';

const read = (query: string, fixed: string | null = null) => parseEventFilter(new URLSearchParams(query), fixed);

describe('the filter of events', () => {
  it('survives the address', () => {
    const query = '?scope=a&group=findings&severity=critical&text=n3+lag&member=n3&from=1790000000000&to=1790000060000';
    const { filter, notices } = read(query);
    expect(notices).toEqual([]);
    expect(printEventFilter(filter, null)).toBe(query);
    expect(isFiltered(filter)).toBe(true);
    expect(isFiltered(read('member=n3').filter)).toBe(true);
    expect(isFiltered(read('').filter)).toBe(false);
  });

  it('belongs to its cluster on the cluster page', () => {
    const { filter } = read('scope=b&text=x', 'a');
    expect(filter.scope).toBe('a');
    expect(printEventFilter(filter, 'a')).toBe('?text=x');
  });

  it('says what it could not use, and turns a window the right way round', () => {
    const { filter, notices } = read('group=nonsense&severity=fatal&from=soon');
    expect(notices).toHaveLength(3);
    expect(filter).toEqual(read('').filter);
    const turned = read('from=1790000060000&to=1790000000000').filter;
    expect([turned.from, turned.to]).toEqual([1790000000000, 1790000060000]);
  });

  it('asks the server with the same words', () => {
    const request = eventsRequest(read('group=pause&text=%20n1%20&member=n2&severity=warning').filter, 'cursor');
    expect(request).toBe(
      '/api/events?kind=paused&kind=resumed&severity=warning&text=n1&member=n2&limit=100&before=cursor',
    );
  });

  it('has every kind of event in exactly one group', () => {
    expect(EVENT_GROUPS.flatMap((group) => [...group.kinds]).sort()).toEqual([...EVENT_KINDS].sort());
  });
});

describe('the action an event came of', () => {
  const event: ScopedEvent = {
    id: 'e',
    scope: 'a',
    at: 10_000,
    by: 'seen',
    notBefore: null,
    kind: 'leader_changed',
    severity: null,
    member: 'n1',
    code: null,
    members: ['n1'],
    text: 'n1 leads',
  };
  const action = (part: object): ActionRecord =>
    ({
      id: 'x',
      scope: 'a',
      request: { kind: 'switchover', candidate: null, scheduledAt: null },
      requestedAt: 8000,
      sentAt: 8500,
      closedAt: 11_000,
      outcome: 'done',
      ...part,
    }) as unknown as ActionRecord;

  it('is one of its scope, of a kind that does that, that ran then', () => {
    expect(actionOf(event, [action({})])?.id).toBe('x');
    expect(actionOf(event, [action({ closedAt: null, outcome: null })])?.id).toBe('x');
    for (const other of [
      { scope: 'b' },
      { request: { kind: 'pause' } },
      { outcome: 'refused' },
      { sentAt: null },
      { sentAt: 20_000, closedAt: 21_000 },
      { sentAt: 100, closedAt: 200 },
    ])
      expect(actionOf(event, [action(other)])).toBeNull();
  });

  it('is never claimed for what nobody asked for', () => {
    expect(actionOf({ ...event, kind: 'finding_raised' }, [action({})])).toBeNull();
  });
});
