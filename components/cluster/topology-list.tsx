'use client';
import { useFreshness } from '@/lib/client/live/live';
import { t } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { Glyph } from '../ui/glyph';
import { Name } from '../ui/name';
import { TONE_TEXT } from '../ui/tone';
import { MemberActions } from './member-actions';
import { plant } from './topology-layout';
import type { TopologyNode } from './topology-model';
import { Line } from './topology-node';

interface Entry {
  readonly name: string;
  readonly level: number;
}

function flatten(nodes: readonly TopologyNode[], root: string | null): readonly Entry[] {
  const walk = (trees: ReturnType<typeof plant>, level: number): Entry[] =>
    trees.flatMap((tree) => [{ name: tree.item.name, level }, ...walk(tree.children, level + 1)]);
  return walk(plant(nodes, root), 0);
}

/** Narrow: an indented list, the edges as a rail at the left, lag at the right. */
export function TopologyList({
  nodes,
  root,
  snapshot,
}: {
  nodes: readonly TopologyNode[];
  root: string | null;
  snapshot: Snapshot;
}) {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return (
    <ul className="py-1.5">
      {flatten(nodes, root).map(({ name, level }) => {
        const node = byName.get(name);
        return node && <Item key={name} node={node} level={level} snapshot={snapshot} />;
      })}
    </ul>
  );
}

const RAIL = {
  sync: 'border-l-[3px] border-double border-edge',
  async: 'border-l border-l3',
  broken: 'border-l-2 border-dashed border-critical',
  unknown: 'border-l-2 border-dotted border-unknown',
} as const;

function Item({ node, level, snapshot }: { node: TopologyNode; level: number; snapshot: Snapshot }) {
  const was = useFreshness(node.observedAt, snapshot.staleAfterMs) === 'was';
  const tone = was && node.tone === 'plain' ? 'unknown' : node.tone;
  return (
    <li
      aria-label={was ? t('{node}, was', { node: node.label }) : node.label}
      className="flex pr-3.5 pl-3.5"
      style={{ paddingLeft: 14 + Math.max(0, level - 1) * 22 }}
    >
      {level > 0 && (
        <span className={`mr-3 ml-1.5 w-0 shrink-0 ${RAIL[node.edge?.kind ?? 'async']}`} aria-hidden="true" />
      )}
      <span className="min-w-0 grow py-1.5 pr-2">
        <span className="flex items-center gap-2">
          <Glyph glyph={was ? 'unknown' : node.glyph} size={15} />
          <span className="min-w-0 truncate font-semibold text-15 text-f0">
            <Name text={node.name} limit={18} />
          </span>
          <span className="shrink-0 whitespace-nowrap rounded-chip border border-l2 px-1.5 font-mono text-10 text-f2">
            TL {node.timeline ?? '?'}
          </span>
        </span>
        <span className="block pl-[23px] text-13">
          {was && node.strong === null && <span className="text-unknown">{t('was')} </span>}
          {node.strong && <strong className={`font-semibold ${TONE_TEXT[tone]}`}>{node.strong}, </strong>}
          {node.role}
        </span>
        {node.line && (
          <span className="block pl-[23px]">
            <Line line={node.line} leads={false} />
          </span>
        )}
        {node.fork && (
          <span className="block pl-[23px] text-12 text-f2">
            <span className="text-critical">{node.fork[0]}</span>, {node.fork.slice(1).join(' ')}
          </span>
        )}
      </span>
      {node.edge && (
        <span className="shrink-0 self-center text-right">
          <span className={`block text-13 ${TONE_TEXT[node.edge.tone]}`}>{node.edge.above}</span>
          <span className="block text-11 text-f3">{node.edge.below}</span>
        </span>
      )}
      <MemberActions name={node.name} snapshot={snapshot} className="-mr-2.5 shrink-0 self-center" />
    </li>
  );
}
