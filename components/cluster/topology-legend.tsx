import { t } from '@/lib/client/words/text';
import type { TopologyLayout } from './topology-layout';
import type { TopologyNode } from './topology-model';

const SIZE = { width: 150, height: 76 } as const;

/** Explains only the lines that are drawn, where no node stands; nowhere when there is no such place. */
export function TopologyLegend({
  nodes,
  layout,
  width,
}: {
  nodes: readonly TopologyNode[];
  layout: TopologyLayout;
  width: number;
}) {
  const drawn = nodes.filter((node) => layout.nodes.some((box) => box.name === node.name));
  const kinds = new Set(drawn.flatMap((node) => node.edge?.kind ?? []));
  if (layout.groups.length > 0) kinds.add('async');
  if (kinds.size < 2) return null;
  const taken = [
    ...layout.nodes.map((node) => ({
      ...node,
      width: node.width + (nodes.find((n) => n.name === node.name)?.noted ? 200 : 0),
    })),
    ...layout.groups,
  ];
  const x = width - SIZE.width - 4;
  const rows = [112, 20, layout.height - SIZE.height - 16];
  const y = rows.find(
    (top) =>
      top + SIZE.height < layout.height &&
      !taken.some((box) => box.x + box.width > x - 8 && box.y < top + SIZE.height && box.y + box.height > top),
  );
  if (y === undefined) return null;
  return (
    <svg
      width={SIZE.width}
      height={SIZE.height}
      style={{ left: x, top: y }}
      className="absolute fill-f3 text-11"
      role="img"
      aria-label={t('Legend of the lines')}
    >
      {kinds.has('sync') && (
        <g className="stroke-edge" strokeWidth="1.5">
          <path d="M2 12.5h26M2 17.5h26" />
        </g>
      )}
      {kinds.has('sync') && (
        <text x="36" y="19">
          {t('synchronous')}
        </text>
      )}
      <path d="M2 34.5h26" className="stroke-l3" strokeWidth="1.8" />
      <text x="36" y="38">
        {t('asynchronous')}
      </text>
      {kinds.has('broken') && (
        <g>
          <path
            d="M2 54h8M20 54h8M12 51l6 6m0-6l-6 6"
            className="stroke-critical"
            strokeWidth="1.6"
            strokeDasharray="none"
          />
          <text x="36" y="58">
            {t('broken')}
          </text>
        </g>
      )}
      {!kinds.has('broken') && kinds.has('unknown') && (
        <g>
          <path d="M2 54h26" className="stroke-unknown" strokeWidth="1.6" strokeDasharray="1.5 4" />
          <text x="36" y="58">
            {t('unknown')}
          </text>
        </g>
      )}
    </svg>
  );
}
