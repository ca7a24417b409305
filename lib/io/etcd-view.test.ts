import { describe, expect, it } from 'vitest';
import { EtcdView, type KeyEvent, splitKey } from './etcd-view';

const put = (key: string, revision: number, value = 'v'): KeyEvent => ({
  type: 'put',
  key: `/service/${key}`,
  value,
  created: '1',
  version: String(revision),
  owner: null,
});
const gone = (key: string, revision: number): KeyEvent => ({ ...put(key, revision), type: 'delete' });
const values = (view: EtcdView, scope: string): string[] | null =>
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
    const view = new EtcdView('/service/');
    expect(view.apply(put('demo/leader', 5, 'n1'))).toBe('demo');
    expect(view.apply(put('demo/leader', 7, 'n2'))).toBe('demo');
    expect(values(view, 'demo')).toEqual(['leader=n2']);
    expect(view.apply(gone('demo/leader', 8))).toBe('demo');
    expect(view.keysOf('demo')).toBeNull();
    expect(view.scopes()).toEqual([]);
  });

  it('never goes back: an event that is not newer changes nothing, over 2^53 too', () => {
    const view = new EtcdView('/service/');
    view.apply({ ...put('demo/leader', 0, 'new'), version: '9007199254740993' });
    expect(view.apply({ ...put('demo/leader', 0, 'old'), version: '9007199254740992' })).toBeNull();
    expect(view.apply({ ...gone('demo/leader', 0), version: '9007199254740993' })).toBeNull();
    expect(values(view, 'demo')).toEqual(['leader=new']);
    expect(view.apply(gone('demo/other', 5))).toBeNull();
  });

  it('takes a complete list as the truth and names only the scopes that differ', () => {
    const view = new EtcdView('/service/');
    view.replace([put('a/leader', 1), put('b/leader', 1), put('c/leader', 1)]);
    expect([...view.replace([put('a/leader', 1), put('b/leader', 2), put('d/leader', 3)])].sort()).toEqual([
      'b',
      'c',
      'd',
    ]);
    expect(view.scopes()).toEqual(['a', 'b', 'd']);
  });

  it('sees another value at an equal revision: a restored etcd', () => {
    const view = new EtcdView('/service/');
    view.replace([put('a/leader', 1, 'n1')]);
    expect(view.replace([put('a/leader', 1, 'n2')])).toEqual(['a']);
    expect(values(view, 'a')).toEqual(['leader=n2']);
  });

  it('hands out the same array until a key of that scope changes', () => {
    const view = new EtcdView('/service/');
    view.replace([put('a/leader', 1), put('b/leader', 1)]);
    const before = view.keysOf('a');
    view.apply(put('b/leader', 2));
    view.apply(put('a/leader', 1));
    view.replace([put('a/leader', 1), put('b/leader', 2)]);
    expect(view.keysOf('a')).toBe(before);
    view.apply(put('a/leader', 3));
    expect(view.keysOf('a')).not.toBe(before);
  });

  it('keeps the groups of a Citus cluster apart', () => {
    const view = new EtcdView('/service/');
    view.replace([put('demo/0/leader', 1, 'c1'), put('demo/1/leader', 1, 'w1')]);
    expect(view.scopes()).toEqual(['demo/0', 'demo/1']);
  });
});
