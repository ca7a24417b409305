import { describe, expect, it } from 'vitest';
import type { Finding, Snapshot } from '../cluster';
import type { DcsTrouble } from '../raw';
import { type ClusterSpec, codesOf, NOW, steady } from '../testkit';
import { DCS_TROUBLE_RULES } from './dcs-troubles';

const members = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
const trouble = (kind: DcsTrouble['kind'], part: Partial<DcsTrouble> = {}): DcsTrouble => ({
  ...{ kind, severity: 'warning', names: ['e1'], amount: null },
  ...part,
});
const withTroubles = (troubles: readonly DcsTrouble[], more: Partial<ClusterSpec> = {}): Snapshot =>
  steady({ members, beside: { troubles }, ...more });
const only = (snapshot: Snapshot): Finding | undefined => snapshot.findings[0];

describe('troubles of the DCS itself', () => {
  it('are findings of each cluster on it, each with a code of its own', () => {
    for (const { code } of DCS_TROUBLE_RULES)
      expect(codesOf(withTroubles([trouble(code.slice('dcs_'.length) as DcsTrouble['kind'])]))).toEqual([code]);
  });

  it('say how slow, how full and how long, by name of the member', () => {
    const slow = only(withTroubles([trouble('slow_disk', { amount: 240 })]));
    expect([String(slow?.title), String(slow?.evidence[0]?.text)]).toEqual([
      'The disk of etcd is slow: 0.2 s for an fsync',
      'e1',
    ]);
    expect(String(only(withTroubles([trouble('size', { severity: 'critical', amount: 97 })]))?.title)).toMatch(/97 %/);
    const ends = only(withTroubles([trouble('certificate', { amount: NOW + 6 * 86_400_000 + 600_000 })]));
    expect(String(ends?.title)).toMatch(/ends in 6 d/);
    expect(String(only(withTroubles([trouble('certificate', { amount: NOW - 1 })]))?.title)).toMatch(/has ended/);
  });

  it('are critical where they are, and none where nobody looked', () => {
    expect(withTroubles([trouble('size', { severity: 'critical', amount: 97 })]).health).toBe('critical');
    expect(codesOf(withTroubles([]))).toEqual([]);
    expect(codesOf(steady({ members }))).toEqual([]);
  });
});

describe('demotions that a slow disk explains', () => {
  const slow = [trouble('slow_disk', { amount: 900 })];
  const standbys = members.map(({ name }) => ({ name, role: 'replica' as const }));

  it('are said to be its doing where nobody leads although all members answer', () => {
    const snapshot = withTroubles(slow, { members: standbys, leader: null, now: NOW + 120_000 });
    expect(snapshot.cause).toMatchObject({ code: 'dcs_slow', impact: 'not_writable' });
    expect(String(snapshot.cause?.headline)).toMatch(/probably because the disk of etcd is slow/);
  });

  it('are only near while somebody leads', () => {
    expect(withTroubles(slow).cause).toMatchObject({ code: 'dcs_slow', impact: 'degraded' });
  });

  it('are not its doing where a member is silent: that may be why nobody leads', () => {
    const dead = [{ name: 'n1', rest: 'timeout', sql: 'timeout' } as const, { name: 'n2' }, { name: 'n3' }];
    expect(withTroubles(slow, { members: dead, leader: null }).cause?.code).not.toBe('dcs_slow');
  });
});
