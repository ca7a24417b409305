'use client';
import { useEffect, useRef, useState } from 'react';
import { useLost } from '@/lib/client/live/live';
import { formatBytes } from '@/lib/client/words/format';
import { t, tn } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { Panel } from '../ui/panel';
import { doorsOf } from './entry-words';
import { MemberActions } from './member-actions';
import { SourceAges } from './source-ages';
import { TopologyEdges } from './topology-edges';
import { entriesHeight, entryEdgeOf, TopologyEntries } from './topology-entries';
import { type Box, CARD, ENTRY_EDGE, layoutTopology } from './topology-layout';
import { TopologyLegend } from './topology-legend';
import { TopologyList } from './topology-list';
import { type TopologyEdge, type TopologyNode, topologyNodes } from './topology-model';
import { TopologyCard, TopologyRow } from './topology-node';

/** Below this there is no room for two columns and words between them. */
const LIST_BELOW = 560;
/** And below this none for the doors besides; the panel of entry points has them. */
const DOORS_FROM = 760;

function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

const worst = (nodes: readonly TopologyNode[]): number | null =>
  nodes.reduce<number | null>((top, node) => (node.lagBytes === null ? top : Math.max(top ?? 0, node.lagBytes)), null);

export function TopologyPanel({ snapshot, title = t('Topology') }: { snapshot: Snapshot; title?: string }) {
  const { ref, width } = useWidth();
  const nodes = topologyNodes(snapshot);
  const { leader } = snapshot.cluster;
  return (
    <Panel title={title} aside={<SourceAges snapshot={snapshot} />}>
      <div ref={ref} className="h-full min-h-40">
        {leader === null && nodes.length > 0 && width < LIST_BELOW && (
          <p className="px-3.5 pt-3 font-semibold text-critical">{t('No leader: nobody holds the key.')}</p>
        )}
        {nodes.length === 0 && <p className="p-4 text-f2">{t('No member has been seen yet.')}</p>}
        {width >= LIST_BELOW && <Drawing snapshot={snapshot} nodes={nodes} width={width} />}
        {width > 0 && width < LIST_BELOW && (
          <TopologyList nodes={nodes} root={leader?.name ?? null} snapshot={snapshot} />
        )}
      </div>
    </Panel>
  );
}

/** 160 holds a name of eight letters; longer ones get up to a third more. */
function cardWidthFor(nodes: readonly TopologyNode[]): number {
  const longest = Math.max(0, ...nodes.map((node) => node.name.length + String(node.timeline ?? '?').length - 1));
  return Math.min(216, Math.max(CARD.width, 94 + longest * 8, ...nodes.map(wordsWidth)));
}

/** The words of a card need more room where their letters are wide and many; Latin ones fit. */
function wordsWidth({ strong, role }: TopologyNode): number {
  const words = strong === null ? role : `${strong}, ${role}`;
  const wide = words.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
  return wide === 0 ? 0 : 22 + wide * 6.9 + (words.length - wide) * 5.8;
}

function Drawing({ snapshot, nodes, width }: { snapshot: Snapshot; nodes: readonly TopologyNode[]; width: number }) {
  const root = snapshot.cluster.leader?.name ?? null;
  const doors = width < DOORS_FROM ? [] : doorsOf(snapshot);
  const layout = layoutTopology(nodes, {
    width,
    root,
    entryHeight: entriesHeight(doors),
    cardWidth: cardWidthFor(nodes),
  });
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const edges = new Map<string, TopologyEdge>();
  for (const node of nodes) if (node.edge) edges.set(node.name, node.edge);
  for (const group of layout.groups) {
    const from = group.headed || group.folded ? '' : tn(group.members.length, '{n} replica', '{n} replicas');
    edges.set(group.key, { kind: 'async', tone: 'plain', above: from, below: '' });
  }
  const clients = entryEdgeOf(doors, root);
  if (clients !== null) edges.set(ENTRY_EDGE, clients);
  const forked = nodes.filter((node) => node.fork !== null);
  const inner = Math.max(width, layout.width);
  const lost = useLost();
  return (
    <div
      className={`relative h-full overflow-x-auto ${lost ? '[&>div>svg]:opacity-50' : ''}`}
      tabIndex={layout.width > width ? 0 : undefined}
    >
      <div className="relative" style={{ width: inner, height: layout.height }}>
        <TopologyEdges layout={layout} edges={edges} forks={new Set(forked.map((node) => node.name))} width={inner} />
        {layout.nodes.map((box) => {
          const node = byName.get(box.name);
          if (node === undefined) return null;
          return (
            <div key={box.name}>
              <TopologyCard
                node={node}
                box={box}
                staleAfterMs={snapshot.staleAfterMs}
                menu={
                  <MemberActions
                    name={node.name}
                    snapshot={snapshot}
                    className="size-5! rounded-full pointer-coarse:size-7!"
                  />
                }
              />
              {node.fork && <ForkNote lines={node.fork} left={box.x + box.width + 36} top={box.y + 2} />}
            </div>
          );
        })}
        {layout.entry && <TopologyEntries doors={doors} box={layout.entry} />}
        {layout.vacant && <Vacant box={layout.vacant} />}
        {layout.groups.map((group) => {
          const members = group.members.flatMap((name) => byName.get(name) ?? []);
          const top = worst(members);
          return (
            <div
              key={group.key}
              style={{ left: group.x, top: group.y, width: group.width, minHeight: group.height }}
              className="absolute rounded-panel border border-l2 bg-bg2 p-[3px]"
            >
              {group.headed && (
                <p className="h-[26px] px-2 pt-1 text-11 text-f2">
                  {t('{n} from {member}', { n: members.length, member: group.parent })}
                </p>
              )}
              {group.folded ? (
                <p className="px-2 py-1 text-13 text-f0">
                  {tn(members.length, '{n} replica, worst {size}', '{n} replicas, worst {size}', {
                    size: formatBytes(top),
                  })}
                  <span className="block text-11 text-f3">{t('each is a row of Members below')}</span>
                </p>
              ) : (
                <div className="grid" style={{ gridTemplateColumns: `repeat(${group.columns}, minmax(0, 1fr))` }}>
                  {members.map((node) => (
                    <TopologyRow key={node.name} node={node} topBytes={top ?? 0} staleAfterMs={snapshot.staleAfterMs} />
                  ))}
                </div>
              )}
            </div>
          );
        })}
        <TopologyLegend nodes={nodes} layout={layout} width={inner} />
      </div>
    </div>
  );
}

function Vacant({ box }: { box: Box }) {
  return (
    <p
      style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
      className="absolute flex flex-col justify-center rounded-panel border border-critical border-dashed px-[11px] text-12"
    >
      <strong className="font-semibold text-14 text-critical">{t('No leader')}</strong>
      {t('nobody holds the key')}
    </p>
  );
}

function ForkNote({ lines, left, top }: { lines: readonly string[]; left: number; top: number }) {
  return (
    <p style={{ left, top }} className="absolute text-11 text-f2">
      {lines.map((line, index) => (
        <span
          key={line}
          className={`block ${index === 0 ? 'font-semibold text-12 text-critical' : index > 1 ? 'font-mono' : ''}`}
        >
          {line}
        </span>
      ))}
    </p>
  );
}
