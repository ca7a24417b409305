import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../domain/actions/action';
import { formatCsv, rowsOf } from './export';
import type { JournalEntry } from './journal';

async function* entries(): AsyncGenerator<JournalEntry> {
  const record = (phase: string) => ({ record: { id: 'a', scope: 'main', request: { kind: 'pause' }, phase } });
  const entry = (
    seq: number,
    kind: JournalEntry['kind'],
    actionId: string,
    scope: string,
    body: object,
  ): JournalEntry => {
    return { seq, at: seq * 10, kind, actionId, scope, body: { ...body }, prev: '', hash: `h${seq}` };
  };
  yield entry(1, 'intent', 'a', 'main', record('open'));
  yield entry(2, 'intent', 'b', 'other', {});
  yield entry(3, 'sent', 'a', 'main', {});
  yield entry(4, 'outcome', 'a', 'main', record('closed'));
}

describe('the audit from the journal alone', () => {
  it('has one row an action, with its last record and where it stands in the chain', async () => {
    const [a, b] = await rowsOf(entries(), null);
    expect(a).toMatchObject({ actionId: 'a', record: { phase: 'closed' } });
    expect(a?.entries.map(({ seq, kind, hash }) => [seq, kind, hash])).toEqual([
      [1, 'intent', 'h1'],
      [3, 'sent', 'h3'],
      [4, 'outcome', 'h4'],
    ]);
    expect(b).toMatchObject({ actionId: 'b', scope: 'other', record: null });
    expect((await rowsOf(entries(), 'other')).map(({ actionId }) => actionId)).toEqual(['b']);
  });

  it('is CSV that a spreadsheet reads and does not run', () => {
    const record = {
      ...{
        id: 'a',
        request: { kind: 'resume' },
        actor: '=cmd()',
        reason: 'say "hi",\nthen go',
        differs: [],
        outage: { ms: -1 },
      },
      ...{ requestedAt: 0, sentAt: null, closedAt: null, before: {}, after: null },
    } as unknown as ActionRecord;
    const [names = '', ...rest] = formatCsv([{ actionId: 'a', scope: 'main', record, entries: [] }]).split('\r\n');
    expect(names.split(',').slice(0, 6)).toEqual(['id', 'scope', 'kind', 'actor', 'reason', 'requested_at']);
    expect(rest.join('|')).toContain(`a,main,resume,'=cmd(),"say ""hi"",\nthen go",1970-01-01T00:00:00.000Z,`);
    expect(rest.join('|')).toContain(',-1,');
  });
});
