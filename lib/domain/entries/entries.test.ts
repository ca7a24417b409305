// What anybody may answer at a door: nothing of it throws, and nothing is made of it that the contract does not know.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snapshotSchema } from '../../contract/cluster';
import { carry } from '../../language/carry';
import type { EntryAnswer } from '../raw';
import { steady } from '../testkit';
import { parseHaproxyStatus } from '../wire/haproxy';
import { address, haproxy, other, pgbouncer } from './test-doors';

const MEMBERS = [{ name: 'n1' }, { name: 'n2' }];
const shown = (answer: EntryAnswer) => steady({ members: MEMBERS, entries: [{ kind: answer.kind, answer }] }, 4, 5000);
const onWire = (answer: EntryAnswer): unknown => JSON.parse(JSON.stringify(carry(shown(answer))));

describe('the contract', () => {
  it.each([
    ['HAProxy', haproxy({ primary: [{ name: 'n1', sessions: 3 }, other('n2')] })],
    [
      'PgBouncer',
      pgbouncer({ app: { waiting: 3, waitSeconds: 9, busy: 0, idle: 0 }, old: { paused: true } }, '1.18.0'),
    ],
    ['an address', address({ '10.0.0.20': { inRecovery: false, startedAt: 1 }, '10.0.0.21': 'timeout' })],
  ] as const)('knows what %s becomes', (_, answer) => {
    expect(snapshotSchema.safeParse(onWire(answer)).error?.issues ?? []).toEqual([]);
  });

  it('reads a snapshot that was kept before there were doors', () => {
    const { entries: _, ...cluster } = shown(haproxy({})).cluster;
    const old = { ...shown(haproxy({})), cluster, findings: [], sources: [] };
    expect(snapshotSchema.safeParse(JSON.parse(JSON.stringify(carry(old)))).success).toBe(true);
  });
});

describe('whatever answers', () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '',
      'UP',
      'DOWN 1/2',
      'MAINT (via x)',
      '* L7STS',
      'L4OK',
      '-1',
      '1e400',
      '9'.repeat(400),
      '"',
      '"a,b"',
    ),
  );

  it('no CSV throws, and what is made of it is of the contract', () => {
    const [head = ''] = haproxy({}).csv.split('\n');
    const line = fc.array(cell, { maxLength: 50 }).map((cells) => cells.join(','));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const known = `good,n1,,,${lines.length}`;
        const answer: EntryAnswer = {
          kind: 'haproxy',
          csv: [head, known, ...lines].join('\n'),
          info: lines.join('\n'),
        };
        expect(snapshotSchema.safeParse(onWire(answer)).error?.issues ?? []).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('no row of a console throws', () => {
    const row = fc.dictionary(
      fc.constantFrom('name', 'host', 'port', 'database', 'paused', 'cl_waiting', 'sv_active', 'maxwait', 'pool_size'),
      fc.option(cell),
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.array(row, { maxLength: 5 }), (databases, pools) => {
        const answer: EntryAnswer = { kind: 'pgbouncer', version: null, config: {}, databases, pools };
        expect(snapshotSchema.safeParse(onWire(answer)).error?.issues ?? []).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('a quoted cell may hold commas and quotes', () => {
    const csv = ['# pxname,svname,status,type,last_chk,-,', 'p,n1,UP,2,"a, ""b""",'].join('\n');
    expect(parseHaproxyStatus({ kind: 'haproxy', csv, info: null })?.rows[0]).toMatchObject({
      status: 'UP',
      lastCheck: 'a, "b"',
    });
  });
});
