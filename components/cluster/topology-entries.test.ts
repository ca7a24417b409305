import { describe, expect, it } from 'vitest';
import { haproxy, other, type ServerSpec } from '@/lib/domain/entries/test-doors';
import { steady } from '@/lib/domain/testkit';
import { clientsFrom, doorsOf } from './entry-words';
import { entriesHeight, entryEdgeOf } from './topology-entries';
import { memberHealth } from './topology-model';

const shown = (listeners: Readonly<Record<string, readonly ServerSpec[]>>) =>
  steady(
    { members: [{ name: 'n1' }, { name: 'n2' }], entries: [{ kind: 'haproxy', answer: haproxy(listeners) }] },
    5,
    5000,
  );
const GOOD = [{ name: 'n1', sessions: 4 }, other('n2')];
const READS = [other('n1'), { name: 'n2' }];
const edge = (listeners: Parameters<typeof shown>[0]) => entryEdgeOf(doorsOf(shown(listeners)), 'n1');

describe('the line from the doors to the leader', () => {
  it('is plain where writers come to it, and there is none where only readers have a door', () => {
    expect(edge({ primary: GOOD, replicas: READS })).toMatchObject({ kind: 'async', tone: 'plain' });
    expect(edge({ replicas: READS })).toBeNull();
    expect(entriesHeight([])).toBe(0);
  });

  it('is cut where the door for writers leads to nobody, whatever another one does without asking', () => {
    const whoever = ['n1', 'n2'].map((name) => ({ name, check: 'L4OK', code: 0 }));
    expect(edge({ primary: [other('n1'), other('n2')], postgres: whoever })).toMatchObject({
      kind: 'broken',
      tone: 'critical',
    });
  });
});

describe('a member behind a door', () => {
  it('says which door sends it clients, and how many', () => {
    expect(clientsFrom(shown({ primary: GOOD, replicas: READS }), 'n1')).toEqual(['lb primary, 4 sessions']);
  });

  it('is not ill for what a door does with it', () => {
    const snapshot = shown({ primary: [{ name: 'n1', status: 'DRAIN' }, other('n2')] });
    expect(snapshot.findings.map(({ code }) => code)).toContain('entry_drained');
    expect(memberHealth(snapshot, 'n1')).toBe('ok');
  });
});
