import { describe, expect, it } from 'vitest';
import {
  ALL_BYTES_MAX,
  BYTES_MAX,
  DcsList,
  DcsView,
  KEYS_MAX,
  type KeyEvent,
  MEMBERS_MAX,
  SCOPES_MAX,
  splitKey,
} from './view';

const put = (key: string, revision: number, value = 'v'): KeyEvent => ({
  type: 'put',
  key: `/service/${key}`,
  value,
  created: '1',
  version: String(revision),
  owner: null,
});
const listOf = (events: readonly KeyEvent[]): DcsList => {
  const list = new DcsList('/service/');
  for (const event of events) list.add(event);
  return list;
};
const gone = (key: string, revision: number): KeyEvent => ({ ...put(key, revision), type: 'delete' });
const values = (view: DcsView, scope: string): string[] | null =>
  view.keysOf(scope)?.map(({ key, value }) => `${key}=${value}`) ?? null;

describe('a key of etcd', () => {
  it('belongs to the scope below the namespace', () => {
    expect(splitKey('/service/', '/service/demo/members/n1')).toEqual({ scope: 'demo', rest: 'members/n1' });
  });

  it('of Citus belongs to the scope and its group', () => {
    expect(splitKey('/service/', '/service/demo/0/leader')).toEqual({ scope: 'demo/0', rest: 'leader' });
    expect(splitKey('/service/', '/service/demo/12/members/n1')).toEqual({ scope: 'demo/12', rest: 'members/n1' });
    expect(splitKey('/service/', '/service/demo/members/0/leader')).toEqual({
      scope: 'demo',
      rest: 'members/0/leader',
    });
  });

  it('of nobody is none: outside the namespace, or without a scope', () => {
    for (const key of ['/service', '/service/', '/service/demo', '/service//leader', '/service2/demo/leader', ''])
      expect(splitKey('/service/', key)).toBeNull();
  });
});

describe('the view', () => {
  it('follows puts and deletes, and tells which scope changed', () => {
    const view = new DcsView('/service/');
    expect(view.apply(put('demo/leader', 5, 'n1'))).toBe('demo');
    expect(view.apply(put('demo/leader', 7, 'n2'))).toBe('demo');
    expect(values(view, 'demo')).toEqual(['leader=n2']);
    expect(view.apply(gone('demo/leader', 8))).toBe('demo');
    expect(view.keysOf('demo')).toBeNull();
    expect(view.scopes()).toEqual([]);
  });

  it('never goes back: an event that is not newer changes nothing, over 2^53 too', () => {
    const view = new DcsView('/service/');
    view.apply({ ...put('demo/leader', 0, 'new'), version: '9007199254740993' });
    expect(view.apply({ ...put('demo/leader', 0, 'old'), version: '9007199254740992' })).toBeNull();
    expect(view.apply({ ...gone('demo/leader', 0), version: '9007199254740993' })).toBeNull();
    expect(values(view, 'demo')).toEqual(['leader=new']);
    expect(view.apply(gone('demo/other', 5))).toBeNull();
  });

  it('takes a complete list as the truth and names only the scopes that differ', () => {
    const view = new DcsView('/service/');
    view.replace(listOf([put('a/leader', 1), put('b/leader', 1), put('c/leader', 1)]));
    expect([...view.replace(listOf([put('a/leader', 1), put('b/leader', 2), put('d/leader', 3)]))].sort()).toEqual([
      'b',
      'c',
      'd',
    ]);
    expect(view.scopes()).toEqual(['a', 'b', 'd']);
  });

  it('sees another value at an equal revision: a restored etcd', () => {
    const view = new DcsView('/service/');
    view.replace(listOf([put('a/leader', 1, 'n1')]));
    expect(view.replace(listOf([put('a/leader', 1, 'n2')]))).toEqual(['a']);
    expect(values(view, 'a')).toEqual(['leader=n2']);
  });

  it('hands out the same array until a key of that scope changes', () => {
    const view = new DcsView('/service/');
    view.replace(listOf([put('a/leader', 1), put('b/leader', 1)]));
    const before = view.keysOf('a');
    view.apply(put('b/leader', 2));
    view.apply(put('a/leader', 1));
    view.replace(listOf([put('a/leader', 1), put('b/leader', 2)]));
    expect(view.keysOf('a')).toBe(before);
    view.apply(put('a/leader', 3));
    expect(view.keysOf('a')).not.toBe(before);
  });

  it('keeps the groups of a Citus cluster apart', () => {
    const view = new DcsView('/service/');
    view.replace(listOf([put('demo/0/leader', 1, 'c1'), put('demo/1/leader', 1, 'w1')]));
    expect(view.scopes()).toEqual(['demo/0', 'demo/1']);
  });
});

describe('a scope that holds more than any cluster of Patroni', () => {
  const many = (count: number, keyOf: (index: string) => string) =>
    Array.from({ length: count }, (_, index) => put(keyOf(String(index).padStart(5, '0')), index + 1));
  const crowd = (count: number) => many(count, (index) => `bad/members/m${index}`);
  const rest = ['bad/leader', 'bad/config', 'bad/sync', 'good/leader', 'good/members/n1'].map((key) => put(key, 9));

  it('is read as far as its limit, and says so; exactly as many as are read are no excess', () => {
    const view = new DcsView('/service/');
    view.replace(listOf([...crowd(MEMBERS_MAX), ...rest]));
    expect(view.excessOf('bad')).toBeNull();
    view.replace(listOf([...crowd(3000), ...rest]));
    expect(view.excessOf('bad')).toBe('members');
    expect(view.keysOf('bad')?.length).toBe(MEMBERS_MAX + 3);
    expect(view.excessOf('good')).toBeNull();
    expect(view.keysOf('good')?.length).toBe(2);
    view.replace(listOf(many(3000, (index) => `bad/junk${index}`)));
    expect(view.excessOf('bad')).toBe('keys');
    expect(view.keysOf('bad')?.length).toBe(KEYS_MAX);
    const heavy = Array.from({ length: 100 }, (_, index) => put(`bad/k${index}`, 1, 'x'.repeat(BYTES_MAX / 10)));
    view.replace(listOf(heavy));
    expect(view.excessOf('bad')).toBe('bytes');
    expect(view.keysOf('bad')?.length).toBe(9);
  });

  it('is not grown by the watch either, forgets a value that has become too long, and heals with the next list', () => {
    const view = new DcsView('/service/');
    view.replace(listOf(rest));
    for (const event of crowd(200)) view.apply(event);
    expect(view.excessOf('bad')).toBe('members');
    expect(view.keysOf('bad')?.length).toBe(MEMBERS_MAX + 3);
    expect(view.apply(put('bad/members/zzz', 900))).toBeNull();
    expect(view.apply(put('bad/config', 901, 'x'.repeat(BYTES_MAX)))).toBe('bad');
    expect(view.keysOf('bad')?.some(({ key }) => key === 'config')).toBe(false);
    view.replace(listOf(rest));
    expect(view.excessOf('bad')).toBeNull();
  });

  it('is skipped by the list, as far as nothing of it would be read', () => {
    const list = listOf(crowd(MEMBERS_MAX + 1));
    expect(list.skipAfter('/service/bad/members/m00128')).toBe('/service/bad/members0');
    expect(list.skipAfter('/service/bad/sync')).toBeNull();
    expect(list.skipAfter('/service/good/members/n1')).toBeNull();
    expect(listOf(many(KEYS_MAX + 1, (index) => `bad/junk${index}`)).skipAfter('/service/bad/junk00300')).toBe(
      '/service/bad0',
    );
  });

  it('has company: there is a limit of scopes too', () => {
    const list = listOf(many(SCOPES_MAX + 7, (index) => `s${index}/leader`));
    expect(list.scopes.size).toBe(SCOPES_MAX);
    expect(list.refused).toBe(7);
    const view = new DcsView('/service/');
    view.replace(list);
    expect(view.apply(put('t/leader', 9))).toBeNull();
    expect(view.apply(put('s00001/config', 9))).toBe('s00001');
  });
});

describe('a name that is none', () => {
  it('of a scope or a member is no key: NUL, a line break, bytes that are no text, half a character, one without an end', () => {
    const wrong = ['a\0b', 'a\nb', 'a\ufffdb', 'a\ud800b', 'a\u007f', 'a\u0085b', 'x'.repeat(201)];
    const list = listOf(wrong.flatMap((name) => [put(`${name}/leader`, 1), put(`demo/members/${name}`, 1)]));
    expect([...list.scopes.keys()]).toEqual([]);
    expect(list.refused).toBe(2 * wrong.length);
    const view = new DcsView('/service/');
    for (const name of wrong) expect(view.apply(put(`${name}/leader`, 1))).toBeNull();
    expect(view.scopes()).toEqual([]);
  });

  it('is not one with spaces, dots or umlauts', () => {
    for (const name of ['a b', 'a.b-c_d', 'кластер', 'größe', "a'b", 'a"b', 'a%00b'])
      expect([...listOf([put(`${name}/leader`, 1)]).scopes.keys()]).toEqual([name]);
  });
});

describe('a namespace of scopes that are all too large', () => {
  const full = 'x'.repeat(BYTES_MAX - 100);
  const scopes = Array.from({ length: 60 }, (_, at) => `s${String(at).padStart(2, '0')}`);
  const bytesIn = (view: DcsView): number =>
    scopes.flatMap((scope) => view.keysOf(scope) ?? []).reduce((sum, { value }) => sum + value.length, 0);

  it('keeps no more than a namespace may, listed or told one by one, and says of which scopes it left something out', () => {
    const listed = new DcsView('/service/');
    listed.replace(listOf(scopes.map((scope) => put(`${scope}/config`, 1, full))));
    const told = new DcsView('/service/');
    for (const scope of scopes) told.apply(put(`${scope}/config`, 1, full));
    for (const view of [listed, told]) {
      expect(bytesIn(view)).toBeLessThanOrEqual(ALL_BYTES_MAX);
      expect(bytesIn(view)).toBeGreaterThan(ALL_BYTES_MAX - BYTES_MAX);
    }
    expect([listed.excessOf('s00'), listed.excessOf('s59')]).toEqual([null, 'bytes']);
  });

  it('has room again when some are gone', () => {
    const view = new DcsView('/service/');
    view.replace(listOf(scopes.map((scope) => put(`${scope}/config`, 1, full))));
    view.apply(gone('s00/config', 2));
    view.apply(put('late/config', 3, full));
    expect(view.keysOf('late')?.length).toBe(1);
    view.apply(put('later/config', 4, full));
    expect(view.keysOf('later')?.length ?? 0).toBe(0);
  });
});
