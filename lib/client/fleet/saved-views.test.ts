import { describe, expect, it } from 'vitest';
import { readViews, type SavedView, VIEWS_MAX, withView, writeViews } from './saved-views';

function drawer(start: Record<string, string> = {}) {
  const kept = new Map(Object.entries(start));
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

const prod: SavedView = { name: 'production', query: '?q=env%3Dprod&group=region' };

describe('saved views of the fleet', () => {
  it('are kept apart for each person of one browser', () => {
    const box = drawer();
    expect(writeViews(box, 'ann', [prod])).toBe(true);
    expect(readViews(box, 'ann')).toEqual([prod]);
    expect(readViews(box, 'bob')).toEqual([]);
  });

  it('leave out what is no view: a query that is an address elsewhere, a name of nothing, broken text', () => {
    const odd = [prod, { name: 'away', query: 'https://elsewhere/' }, { name: '', query: '' }, null, 7];
    expect(readViews(drawer({ 'howdah-views:ann': JSON.stringify(odd) }), 'ann')).toEqual([prod]);
    expect(readViews(drawer({ 'howdah-views:ann': '{' }), 'ann')).toEqual([]);
    expect(readViews(drawer({ 'howdah-views:ann': '{}' }), 'ann')).toEqual([]);
  });

  it('stand by name, and the same name takes the place of the earlier', () => {
    const two = withView([prod], { name: 'all', query: '' });
    expect(two?.map(({ name }) => name)).toEqual(['all', 'production']);
    expect(withView([prod], { name: 'production', query: '?sort=lag' })).toEqual([
      { name: 'production', query: '?sort=lag' },
    ]);
  });

  it('are at most so many; one of them may still be changed', () => {
    const full = Array.from({ length: VIEWS_MAX }, (_, index) => ({ name: `view ${index}`, query: '' }));
    expect(withView(full, prod)).toBeNull();
    expect(withView(full, { name: 'view 3', query: '?sort=name' })).toHaveLength(VIEWS_MAX);
  });

  it('say that they could not be kept where the browser forbids it', () => {
    const closed = {
      getItem: () => null,
      setItem: () => {
        throw new Error('forbidden');
      },
    };
    expect(writeViews(closed, 'ann', [prod])).toBe(false);
  });
});
