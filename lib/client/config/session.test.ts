import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/wire/loose';
import {
  beginSession,
  decideConflict,
  type EditSession,
  followStored,
  isEdited,
  keepSession,
  mergeSession,
  readSession,
  type Stored,
  sessionValue,
  settleSent,
  switchFormat,
  textFor,
  textToKeep,
} from './session';

const value = (work_mem: string, more: JsonObject = {}): JsonObject => ({
  ttl: 30,
  ...more,
  postgresql: { parameters: { work_mem } },
});
const stored = (revision: string | null, work_mem = '16MB', more: JsonObject = {}): Stored => ({
  revision,
  value: value(work_mem, more),
  numbers: [],
});
const KEPT = [{ revision: '10', text: '# owner: dba\nttl: 30 # s\npostgresql:\n  parameters:\n    work_mem: 16MB\n' }];
const edit = (session: EditSession, from: string, to: string): EditSession => ({
  ...session,
  text: session.text.replace(from, to),
});

describe('a session', () => {
  it('begins with the comments of whoever wrote last, also after a change made elsewhere', () => {
    expect(beginSession(stored('10'), KEPT).text).toBe(KEPT[0]?.text);
    expect(textFor(stored('12', '24MB'), [{ revision: '12', text: null }, ...KEPT])).toBe(
      KEPT[0]?.text.replace('16MB', '24MB'),
    );
  });

  it('follows what is stored while nothing is edited, and takes the text that comes later', () => {
    const bare = beginSession(stored('10'), []);
    expect(followStored(bare, stored('10'), KEPT, 0).text).toBe(KEPT[0]?.text);
    expect(followStored(bare, stored('11', '24MB'), [], 0).text).toContain('24MB');
  });

  it('never replaces the base under an edit, but counts a revision with the same content as the same', () => {
    const edited = edit(beginSession(stored('10'), KEPT), '16MB', '32MB');
    expect(followStored(edited, stored('11', '24MB'), [], 0)).toBe(edited);
    expect(followStored(edited, stored('11'), [], 0)).toMatchObject({ base: { revision: '11' }, text: edited.text });
  });

  it('does not go back to an older revision that a slower source still shows', () => {
    const session = beginSession(stored('12', '24MB'), []);
    expect(followStored(session, stored('11'), [], 0)).toBe(session);
  });

  it('lets comments follow a change made elsewhere', () => {
    const commented = edit(beginSession(stored('10'), KEPT), '# owner: dba', '# owner: sre');
    const after = followStored(commented, stored('11', '24MB'), [], 0);
    expect(after.text).toContain('# owner: sre');
    expect(after.text).toContain('24MB');
    expect(after.base.revision).toBe('11');
  });

  it('merges: theirs and mine are both there, the conflict waits for a decision', () => {
    const edited = edit(edit(beginSession(stored('10'), KEPT), '16MB', '32MB'), 'ttl: 30', 'ttl: 40');
    const theirs = stored('11', '24MB', { loop_wait: 5 });
    const merged = mergeSession(edited, theirs);
    expect(sessionValue(merged)).toEqual({ ...value('32MB', { loop_wait: 5 }), ttl: 40 });
    expect(merged.text).toContain('# owner: dba');
    expect(merged.base).toEqual(theirs);
    expect(merged.undecided).toMatchObject([{ theirs: '24MB', mine: '32MB', base: '16MB' }]);
    const decided = decideConflict(merged, ['postgresql', 'parameters', 'work_mem'], {
      ...value('24MB', { loop_wait: 5 }),
      ttl: 40,
    });
    expect(decided.undecided).toEqual([]);
    expect(sessionValue(decided)).toEqual({ ...value('24MB', { loop_wait: 5 }), ttl: 40 });
  });

  it('knows its own revision when it appears, and is clean then', () => {
    const edited = edit(beginSession(stored('10'), KEPT), '16MB', '32MB');
    const sent: EditSession = {
      ...edited,
      sent: { actionId: 'a1', before: value('16MB'), after: value('32MB'), at: 7 },
    };
    const after = followStored(sent, stored('14', '32MB'), [], 9);
    expect(after).toMatchObject({
      sent: null,
      saved: { actionId: 'a1', at: 7 },
      base: { revision: '14' },
      text: edited.text,
    });
    expect(isEdited(after)).toBe(false);
  });

  it('goes on with the edit when the action was refused, and from its own revision when it was done', () => {
    const edited = edit(beginSession(stored('10'), KEPT), '16MB', '32MB');
    const change = { actionId: 'a1', before: value('16MB'), after: value('32MB'), at: 7 };
    const sent: EditSession = { ...edited, sent: change };
    expect(settleSent(sent, 'other', true, '14')).toBe(sent);
    expect(settleSent(sent, 'a1', false, null)).toEqual(edited);
    const done = settleSent(sent, 'a1', true, '14');
    expect(done).toMatchObject({ base: { revision: '14', value: value('32MB') }, saved: change, sent: null });
    expect(isEdited(done)).toBe(false);
  });

  it('keeps the comments through JSON and back', () => {
    const json = switchFormat(beginSession(stored('10'), KEPT), 'json');
    expect(JSON.parse(json.text)).toEqual(value('16MB'));
    expect(isEdited(json)).toBe(false);
    const changed = edit(json, '16MB', '32MB');
    expect(textToKeep(changed, value('32MB'))).toBe(KEPT[0]?.text.replace('16MB', '32MB'));
    const back = switchFormat(changed, 'yaml');
    expect(back.text).toBe(KEPT[0]?.text.replace('16MB', '32MB'));
    expect(isEdited(back)).toBe(true);
  });

  it('outlives a navigation, and leaves nothing behind when it is clean', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => void kept.set(key, text),
      removeItem: (key: string) => void kept.delete(key),
    };
    const clean = beginSession(stored('10'), KEPT);
    const edited = edit(clean, '16MB', '32MB');
    keepSession(storage, 'orders', edited);
    expect(readSession(storage, 'orders')).toEqual(edited);
    expect(readSession(storage, 'other')).toBeNull();
    keepSession(storage, 'orders', clean);
    expect(kept.size).toBe(0);
    kept.set('howdah:config:orders', '{"version":1,"session":{"text":5}}');
    expect(readSession(storage, 'orders')).toBeNull();
    kept.set('howdah:config:orders', 'not json');
    expect(readSession(storage, 'orders')).toBeNull();
  });
});
