import { describe, expect, it } from 'vitest';
import type { Cause } from '../../domain/cause/cause';
import type { Finding, Member, Snapshot } from '../../domain/cluster';
import { troubleOf, vouchedBy } from './trouble';

const finding = (code: Finding['code'], members: readonly string[]): Finding => ({
  code,
  severity: 'warning',
  title: code,
  members,
  evidence: [],
  since: 0,
  advice: '',
});
const cause = (explains: readonly string[], member: string | null = null): Cause =>
  ({
    severity: 'critical',
    explains,
    steps: member === null ? [] : [{ action: { kind: 'reinitialize', member } }],
  }) as unknown as Cause;
const seen = (findings: readonly Finding[], of: Cause | null): Snapshot =>
  ({ findings, cause: of }) as unknown as Snapshot;

describe('what concerns a member', () => {
  const lag = finding('lag_high', ['n10']);
  const gone = finding('member_unreachable', ['n1', 'n2']);
  const paused = finding('paused', []);

  it('is what names it, and no member whose name begins like it', () => {
    const trouble = troubleOf(seen([lag, gone, paused], null), 'n1');
    expect(trouble.findings).toEqual([gone]);
    expect(trouble.ofCluster).toEqual([paused]);
  });

  it('is the cause that explains one of its findings', () => {
    const why = cause(['member_unreachable:n1,n2:']);
    const alone = finding('clock_skew', ['n2']);
    const trouble = troubleOf(seen([lag, gone, alone], why), 'n2');
    expect(trouble).toEqual({ cause: why, elsewhere: null, findings: [alone], ofCluster: [] });
    expect(troubleOf(seen([lag, gone], why), 'n10')).toMatchObject({ cause: null, elsewhere: why });
  });

  it('is the cause that is repaired on it, though no finding names it', () => {
    const why = cause([], 'n3');
    expect(troubleOf(seen([], why), 'n3').cause).toBe(why);
  });

  it('is no cause that needs nobody', () => {
    const quiet = { ...cause(['member_unreachable:n1,n2:']), severity: 'note' } as Cause;
    expect(troubleOf(seen([gone], quiet), 'n1')).toMatchObject({ cause: null, elsewhere: null });
  });
});

describe('nothing found', () => {
  const member = (part: object): Member =>
    ({
      silent: false,
      identity: { text: null, sql: null },
      witnesses: { patroni: { state: 'fresh' }, sql: { state: 'fresh' } },
      ...part,
    }) as unknown as Member;

  it('is worth what its witnesses are', () => {
    expect(vouchedBy(member({}))).toBe('both');
    expect(vouchedBy(member({ witnesses: { patroni: { state: 'fresh' }, sql: { state: null } } }))).toBe('patroni');
    expect(vouchedBy(member({ witnesses: { patroni: { state: 'failed' }, sql: { state: 'fresh' } } }))).toBe(
      'postgres',
    );
  });

  it('says nothing of a member that is silent, stale or answered by another', () => {
    expect(vouchedBy(member({ silent: true }))).toBe('nobody');
    expect(vouchedBy(member({ witnesses: { patroni: { state: 'stale' }, sql: { state: 'failed' } } }))).toBe('nobody');
    expect(vouchedBy(member({ identity: { text: '10.0.0.5:8008 answers as n9', sql: null } }))).toBe('nobody');
  });
});
