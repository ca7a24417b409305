import { describe, expect, it } from 'vitest';
import { ENTRY_EDGE, layoutTopology, plant, type TopologyItem, type TopologyLayout } from './topology-layout';

const item = (name: string, parent: string | null, change: Partial<TopologyItem> = {}): TopologyItem => ({
  name,
  parent,
  sync: false,
  troubled: false,
  noted: false,
  ...change,
});
const draw = (items: readonly TopologyItem[], width = 880, root: string | null = 'n1') =>
  layoutTopology(items, { width, root, entryHeight: 0 });
const at = (layout: TopologyLayout, name: string) => {
  const box = layout.nodes.find((node) => node.name === name);
  if (box === undefined) throw new Error(`${name} is not drawn`);
  return box;
};

const orders = [
  item('n1', null),
  item('n2', 'n1', { sync: true }),
  item('n3', 'n1'),
  item('n4', 'n2'),
  item('n5', 'n1', { noted: true }),
];

describe('layoutTopology', () => {
  it('puts the sync path straight on top, a cascade beside its upstream, the others below', () => {
    const layout = draw(orders);
    const middle = (name: string) => at(layout, name).y + at(layout, name).height / 2;
    expect(middle('n2')).toBe(middle('n1'));
    expect(middle('n4')).toBe(middle('n2'));
    expect(at(layout, 'n4').x).toBeGreaterThan(at(layout, 'n2').x);
    expect(at(layout, 'n3').y).toBeLessThan(at(layout, 'n5').y);
    expect(layout.edges.filter((edge) => edge.straight).map((edge) => edge.to)).toEqual(['n4', 'n2']);
    expect(layout.width).toBeLessThanOrEqual(880);
  });

  it('does not depend on the order members come in', () => {
    expect(draw([...orders].reverse()).nodes).toEqual(draw(orders).nodes);
  });

  it('does not move anything when a member falls into trouble', () => {
    const sick = orders.map((one) => ({ ...one, troubled: one.name === 'n3' }));
    expect(draw(sick)).toEqual(draw(orders));
  });

  it('sorts names as people count', () => {
    const tree = plant([item('n1', null), item('n10', 'n1'), item('n2', 'n1')], 'n1')[0];
    expect(tree?.children.map((child) => child.item.name)).toEqual(['n2', 'n10']);
  });

  it('draws every member once when upstreams form a circle, name nobody, or there is no leader', () => {
    const odd = [item('a', 'b'), item('b', 'a'), item('c', 'gone'), item('d', null)];
    const names = draw(odd, 880, null).nodes.map((node) => node.name);
    expect([...names].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps the place of a lost leader, and everybody else where they were', () => {
    const before = draw([item('n1', null), item('n2', 'n1'), item('n3', 'n1')]);
    const after = draw([item('n2', null), item('n3', null)], 880, null);
    expect(after.vacant).toMatchObject({ x: at(before, 'n1').x, y: at(before, 'n1').y });
    expect([at(after, 'n2').x, at(after, 'n3').y]).toEqual([at(before, 'n2').x, at(before, 'n3').y]);
    expect(after.edges).toEqual([]);
  });

  it('never lets two cards overlap', () => {
    const many = [
      item('n1', null),
      ...Array.from({ length: 8 }, (_, i) => item(`r${i}`, i % 3 === 0 ? 'n1' : `r${i - 1}`)),
    ];
    const { nodes } = draw(many);
    for (const a of nodes) {
      for (const b of nodes) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(a === b || apart).toBe(true);
      }
    }
  });

  it('turns thirty standbys into rows with the troubled ones as cards on top', () => {
    const replicas = Array.from({ length: 30 }, (_, i) => item(`r${i}`, 'n1', { troubled: i === 17 }));
    const layout = draw([item('n1', null), ...replicas]);
    expect(layout.nodes.map((node) => node.name)).toEqual(['n1', 'r17']);
    expect(layout.groups).toHaveLength(1);
    expect(layout.groups[0]).toMatchObject({ columns: 2, folded: false });
    expect(layout.groups[0]?.members).toHaveLength(29);
    expect(layout.groups[0]?.y).toBeGreaterThan(at(layout, 'r17').y);
  });

  it('keeps rows where most are in trouble, and the card of a fork among them', () => {
    const replicas = Array.from({ length: 29 }, (_, i) => item(`r${i}`, 'n1', { troubled: i > 3, noted: i === 9 }));
    const layout = draw([item('n1', null), ...replicas]);
    expect(layout.nodes.map((node) => node.name)).toEqual(['n1', 'r9']);
    expect(layout.height).toBeLessThan(800);
    const eight = replicas.map((one, i) => ({ ...one, troubled: i < 8, noted: false }));
    expect(draw([item('n1', null), ...eight]).nodes).toHaveLength(9);
  });

  it('folds the healthy ones beyond thirty', () => {
    const replicas = Array.from({ length: 44 }, (_, i) => item(`r${i}`, 'n1', { troubled: i === 3 }));
    const { groups } = draw([item('n1', null), ...replicas]);
    expect(groups[0]?.folded).toBe(true);
    expect(groups[0]?.members).toHaveLength(43);
  });

  it('leaves the left column to entry points once there are some', () => {
    const layout = layoutTopology(orders, { width: 1100, root: 'n1', entryHeight: 120 });
    expect(layout.entry?.x).toBe(16);
    const line = layout.edges.find(({ to }) => to === ENTRY_EDGE);
    expect([line?.startX, line?.endX]).toEqual([
      (layout.entry?.x ?? 0) + (layout.entry?.width ?? 0),
      at(layout, 'n1').x,
    ]);
    expect(at(layout, 'n1').x).toBeGreaterThan((layout.entry?.x ?? 0) + (layout.entry?.width ?? 0));
  });
});
