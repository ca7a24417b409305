// Where the nodes and edges of the topology stand. Pure geometry: names, parents and weights in, boxes and paths out.
// Left to right, upstream to downstream; one column a level; a first child shares its parent's row, so the line to it is
// straight; all others leave from the parent's bottom edge and turn once. Places depend on names and parents only, never on
// lag or severity, so nothing jumps while numbers move.

export interface TopologyItem {
  readonly name: string;
  /** Name of the upstream to hang from; null, unknown or circular: a root. */
  readonly parent: string | null;
  /** Synchronous standbys come first: theirs is the straight top line. */
  readonly sync: boolean;
  /** Keeps its card when there are too many for cards. */
  readonly troubled: boolean;
  /** Needs room at its right side, for the fork. */
  readonly noted: boolean;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface NodeBox extends Box {
  readonly name: string;
  readonly level: number;
  readonly root: boolean;
}

/** Healthy standbys too many for cards: rows in columns, or folded into one line. */
export interface GroupBox extends Box {
  readonly key: string;
  readonly parent: string;
  readonly columns: number;
  readonly members: readonly string[];
  readonly folded: boolean;
  /** Room for a heading line: groups below the first level say from whom. */
  readonly headed: boolean;
}

export interface EdgePath {
  readonly from: string;
  /** A node's name or a group's key. */
  readonly to: string;
  readonly path: string;
  readonly straight: boolean;
  /** Middle of the level part, where the words stand. */
  readonly labelX: number;
  readonly labelY: number;
  readonly length: number;
  readonly startX: number;
  readonly endX: number;
  readonly startY: number;
  readonly turnX: number;
}

export interface TopologyLayout {
  readonly nodes: readonly NodeBox[];
  readonly groups: readonly GroupBox[];
  readonly edges: readonly EdgePath[];
  /** The leader's place while nobody holds the key: the others keep theirs. */
  readonly vacant: Box | null;
  /** Left column for the doors by which clients come; null: none is drawn. */
  readonly entry: Box | null;
  readonly width: number;
  readonly height: number;
}

export interface LayoutOptions {
  readonly width: number;
  readonly root: string | null;
  /** Of the column of doors; 0: there is none. */
  readonly entryHeight: number;
  /** Wider than CARD.width where names are long. */
  readonly cardWidth?: number;
}

export const CARD = { width: 160, height: 78, rootHeight: 86, pitch: 112 } as const;
const ROW = { width: 164, height: 34, heading: 26 } as const;
const PAD = 16;
const ENTRY = { width: 148, gap: 47 } as const;
/** As the key of the line from the doors to the leader. */
export const ENTRY_EDGE = ' entry';
const GAP = { least: 72, most: 190, first: 112, next: 64 } as const;
const NOTE_WIDTH = 190;
const RADIUS = 10;
const CARDS_MAX = 8;
const ROWS_MAX = 30;

interface Tree {
  readonly item: TopologyItem;
  readonly children: readonly Tree[];
}

function compare(a: TopologyItem, b: TopologyItem): number {
  if (a.sync !== b.sync) return a.sync ? -1 : 1;
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}

/** The leader's tree first, then every other root; a circle is cut at its first name. */
export function plant(items: readonly TopologyItem[], root: string | null): readonly Tree[] {
  const ordered = [...items].sort(compare);
  const byName = new Map(ordered.map((item) => [item.name, item]));
  const placed = new Set<string>();
  const grow = (item: TopologyItem): Tree => {
    placed.add(item.name);
    const children = ordered.filter((other) => other.parent === item.name && !placed.has(other.name));
    for (const child of children) placed.add(child.name);
    return { item, children: children.map(grow) };
  };
  const roots = ordered.filter((item) => item.name === root || item.parent === null || !byName.has(item.parent));
  roots.sort((a, b) => Number(b.name === root) - Number(a.name === root));
  const trees = roots.map(grow);
  for (const item of ordered) if (!placed.has(item.name)) trees.push(grow(item));
  return trees;
}

function depth(tree: Tree): number {
  return 1 + Math.max(0, ...tree.children.map(depth));
}

function descendants(tree: Tree, level: number): { readonly tree: Tree; readonly level: number }[] {
  return [{ tree, level }, ...tree.children.flatMap((child) => descendants(child, level + 1))];
}

/** `turnX` is where a bent edge leaves the bottom of its parent. */
function route(from: Box & { name: string }, to: Box, toKey: string, startX: number | null): EdgePath {
  const endX = to.x;
  const endY = to.y + Math.min(to.height, CARD.height) / 2;
  const right = from.x + from.width;
  if (startX === null) {
    const y = endY;
    return {
      from: from.name,
      to: toKey,
      path: `M${right} ${y}H${endX}`,
      straight: true,
      labelX: (right + endX) / 2,
      labelY: y,
      length: endX - right,
      startX: right,
      startY: y,
      turnX: right,
      endX,
    };
  }
  const startY = from.y + from.height;
  return {
    from: from.name,
    to: toKey,
    path: `M${startX} ${startY}V${endY - RADIUS}Q${startX} ${endY} ${startX + RADIUS} ${endY}H${endX}`,
    straight: false,
    labelX: (Math.max(startX + RADIUS, right - 30) + endX) / 2,
    labelY: endY,
    length: endY - startY + endX - startX,
    startX,
    startY,
    turnX: startX,
    endX,
  };
}

function bends(from: Box & { name: string }, targets: readonly { box: Box; key: string }[]): EdgePath[] {
  const step = targets.length > 1 ? Math.min(24, 92 / (targets.length - 1)) : 0;
  return targets.map(({ box, key }, index) => route(from, box, key, from.x + 109 - index * step));
}

export function layoutTopology(items: readonly TopologyItem[], options: LayoutOptions): TopologyLayout {
  const planted = plant(items, options.root);
  const trees = options.root === null && items.length > 0 ? [{ item: VACANT, children: planted }] : planted;
  const cardWidth = options.cardWidth ?? CARD.width;
  const entry =
    options.entryHeight === 0 ? null : { x: PAD, y: PAD + 4, width: ENTRY.width, height: options.entryHeight };
  const left = entry === null ? PAD : entry.x + entry.width + ENTRY.gap;
  const standbys = items.length - (options.root === null ? 0 : 1);
  const drawn =
    standbys <= CARDS_MAX
      ? cards(trees, left, options.width, cardWidth)
      : dense(trees, left, options.width, cardWidth, standbys);
  const vacant = drawn.nodes.find((node) => node.name === VACANT.name) ?? null;
  const boxes: readonly Box[] = [...drawn.nodes, ...drawn.groups, ...(entry === null ? [] : [entry])];
  return {
    groups: drawn.groups,
    nodes: drawn.nodes.filter((node) => node !== vacant),
    edges: [...drawn.edges.filter((edge) => edge.from !== VACANT.name), ...entryEdge(entry, drawn.nodes, options.root)],
    vacant,
    entry,
    width: Math.max(...boxes.map((box) => box.x + box.width), 0) + PAD,
    height: Math.max(...boxes.map((box) => box.y + box.height), 0) + 22,
  };
}

/** Straight, at the height of the leader. */
function entryEdge(entry: Box | null, nodes: readonly NodeBox[], root: string | null): readonly EdgePath[] {
  const leader = nodes.find(({ name }) => name === root);
  return entry === null || leader === undefined
    ? []
    : [route({ ...entry, name: ENTRY_EDGE }, leader, ENTRY_EDGE, null)];
}

/** No member can have an empty name. */
const VACANT: TopologyItem = { name: '', parent: null, sync: false, troubled: false, noted: false };

type Drawn = Pick<TopologyLayout, 'nodes' | 'groups' | 'edges'>;

function cards(trees: readonly Tree[], left: number, width: number, cardWidth: number): Drawn {
  const levels = Math.max(1, ...trees.map(depth));
  const all = trees.flatMap((tree) => descendants(tree, 0));
  const noteAtEnd = all.some(({ tree, level }) => tree.item.noted && level === levels - 1) ? NOTE_WIDTH : 0;
  const room = width - left - PAD - levels * cardWidth - noteAtEnd;
  const gap = levels < 2 ? 0 : Math.min(GAP.most, Math.max(GAP.least, room / (levels - 1)));
  const nodes: NodeBox[] = [];
  const edges: EdgePath[] = [];
  let row = 0;
  const place = (tree: Tree, level: number): NodeBox => {
    const root = level === 0;
    const height = root ? CARD.rootHeight : CARD.height;
    const middle = PAD + 8 + row * CARD.pitch + CARD.height / 2;
    const x = Math.round(left + level * (cardWidth + gap));
    const box = { name: tree.item.name, level, root, x, y: middle - height / 2, width: cardWidth, height };
    nodes.push(box);
    const below: { box: Box; key: string }[] = [];
    tree.children.forEach((child, index) => {
      if (index > 0) row += 1;
      const placed = place(child, level + 1);
      if (index === 0) edges.push(route(box, placed, placed.name, null));
      else below.push({ box: placed, key: placed.name });
    });
    edges.push(...bends(box, below));
    return box;
  };
  trees.forEach((tree, index) => {
    if (index > 0) row += 1;
    place(tree, 0);
  });
  return { nodes, groups: [], edges };
}

function dense(trees: readonly Tree[], left: number, width: number, cardWidth: number, standbys: number): Drawn {
  const nodes: NodeBox[] = [];
  const groups: GroupBox[] = [];
  const edges: EdgePath[] = [];
  const folded = standbys > ROWS_MAX;
  let rootY = PAD + 4;
  for (const tree of trees) {
    const all = descendants(tree, 0);
    const levels = depth(tree);
    const root: NodeBox = {
      name: tree.item.name,
      level: 0,
      root: true,
      x: left,
      y: rootY,
      width: cardWidth,
      height: CARD.rootHeight,
    };
    nodes.push(root);
    let x = left + cardWidth + GAP.first;
    let bottom = root.y + root.height;
    let before: readonly { box: Box; name: string }[] = [{ box: root, name: root.name }];
    for (let level = 1; level < levels; level += 1) {
      const here = all.filter((entry) => entry.level === level).map((entry) => entry.tree);
      const rest = width - x - PAD - (levels - 1 - level) * (ROW.width + 8 + GAP.next);
      const columns = rest >= 2 * ROW.width + 8 ? 2 : 1;
      let y = root.y + 4;
      const placed: { box: Box; key: string; parent: string }[] = [];
      // More trouble than that is one trouble: the rows carry it, and the page stays a page. A fork keeps its card, and so do the
      // first where there are no rows.
      const troubled = here.filter((found) => found.item.troubled);
      const alike = troubled.length > CARDS_MAX && !folded;
      const cards = new Set((alike ? troubled.filter(({ item }) => item.noted) : troubled).slice(0, CARDS_MAX));
      for (const { item } of cards) {
        const box = { name: item.name, level, root: false, x, y, width: cardWidth, height: CARD.height };
        nodes.push(box);
        placed.push({ box, key: item.name, parent: item.parent ?? root.name });
        y += CARD.pitch - 8;
      }
      const quiet = here.filter((found) => !cards.has(found)).map((found) => found.item);
      for (const parent of [...new Set(quiet.map((item) => item.parent ?? root.name))]) {
        const members = quiet.filter((item) => (item.parent ?? root.name) === parent).map((item) => item.name);
        const headed = level > 1 && !folded;
        const lines = folded ? 1 : Math.ceil(members.length / columns);
        const height = (folded ? 52 : lines * ROW.height + 8) + (headed ? ROW.heading : 0);
        // Hung from a row inside a group: never above that group, where its line would start in the void.
        const source = before.find((one) => one.name === parent) ?? before.at(-1);
        y = Math.max(y, level > 1 && source !== undefined ? source.box.y : y);
        const box = { x, y, width: columns * ROW.width + 8, height };
        groups.push({ key: `${level}/${parent}`, parent, columns, members, folded, headed, ...box });
        placed.push({ box, key: `${level}/${parent}`, parent });
        y += height + 16;
      }
      const below: { box: Box; key: string }[] = [];
      placed.forEach(({ box, key, parent }, index) => {
        const from = before.find((source) => source.name === parent) ?? before.at(-1);
        if (from === undefined) return;
        if (level === 1 && index > 0) below.push({ box, key });
        else edges.push(route({ ...from.box, name: from.name, height: from.box.height }, box, key, null));
      });
      edges.push(...bends(root, below));
      before = placed.map(({ box, key }) => ({ box, name: key }));
      bottom = Math.max(bottom, y - 16);
      x += Math.max(...placed.map(({ box }) => box.width), cardWidth) + GAP.next;
    }
    rootY = bottom + 26;
  }
  return { nodes, groups, edges };
}
