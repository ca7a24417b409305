import type { Tone } from '@/lib/domain/severity';
import type { EdgePath, TopologyLayout } from './topology-layout';
import type { TopologyEdge } from './topology-model';

const STROKE: Readonly<Record<Tone, string>> = {
  plain: 'stroke-l3',
  warning: 'stroke-warning',
  critical: 'stroke-critical',
  unknown: 'stroke-unknown',
};
const FILL: Readonly<Record<Tone, string>> = {
  plain: 'fill-f1',
  warning: 'fill-warning',
  critical: 'fill-critical',
  unknown: 'fill-unknown',
};

function Words({ edge, path }: { edge: TopologyEdge; path: EdgePath }) {
  const offset = edge.kind === 'sync' ? 4 : edge.kind === 'broken' ? 6 : 0;
  return (
    <g textAnchor="middle" className="halo">
      <text
        x={path.labelX}
        y={path.labelY - 9 - offset}
        className={`text-12 ${FILL[edge.tone]} ${edge.tone === 'plain' ? '' : 'font-semibold'}`}
      >
        {edge.above}
      </text>
      <text x={path.labelX} y={path.labelY + 19 + offset} className="fill-f2 text-11">
        {edge.below}
      </text>
    </g>
  );
}

function Arrow({ x, y, edge }: { x: number; y: number; edge: TopologyEdge }) {
  if (edge.kind === 'sync') return <path d={`M${x - 1} ${y}l-10 -6v12Z`} className="fill-edge" />;
  return (
    <path
      d={`M${x - 8} ${y - 5.5}L${x - 1} ${y}L${x - 8} ${y + 5.5}`}
      fill="none"
      strokeWidth="1.8"
      className={STROKE[edge.tone]}
    />
  );
}

function Broken({ path, tone }: { path: EdgePath; tone: Tone }) {
  const { labelX: x, labelY: y } = path;
  const bent = `M${path.startX} ${path.startY}V${y - 10}Q${path.startX} ${y} ${path.startX + 10} ${y}`;
  return (
    <g fill="none" strokeWidth="1.8" className={STROKE[tone]}>
      <path d={`${path.straight ? `M${path.startX} ${y}` : bent}H${x - 17}`} strokeDasharray="5 4" />
      <path d={`M${x + 17} ${y}H${path.endX - 8}`} strokeDasharray="5 4" />
      <path d={`M${x - 7} ${y - 7}l14 14m0 -14l-14 14`} strokeWidth="2" />
    </g>
  );
}

function Double({ path }: { path: EdgePath }) {
  if (!path.straight) {
    return (
      <g fill="none">
        <path d={path.path} strokeWidth="5" className="stroke-edge" />
        <path d={path.path} strokeWidth="2" className="stroke-bg1" />
      </g>
    );
  }
  return (
    <g strokeWidth="1.5" className="stroke-edge">
      <path d={`M${path.startX} ${path.labelY - 3}H${path.endX - 9}`} />
      <path d={`M${path.startX} ${path.labelY + 3}H${path.endX - 9}`} />
    </g>
  );
}

function Edge({ edge, path }: { edge: TopologyEdge; path: EdgePath }) {
  if (edge.kind === 'broken') {
    return (
      <g>
        <Broken path={path} tone={edge.tone} />
        <Words edge={edge} path={path} />
      </g>
    );
  }
  return (
    <g>
      {edge.kind === 'sync' ? (
        <Double path={path} />
      ) : (
        <path
          d={path.path}
          fill="none"
          strokeWidth={edge.kind === 'unknown' ? 1.6 : 1.8}
          strokeDasharray={edge.kind === 'unknown' ? '1.5 4' : undefined}
          className={STROKE[edge.tone]}
        />
      )}
      {edge.kind !== 'unknown' && <Arrow x={path.endX} y={path.labelY} edge={edge} />}
      <Words edge={edge} path={path} />
    </g>
  );
}

interface TopologyEdgesProps {
  readonly layout: TopologyLayout;
  readonly edges: ReadonlyMap<string, TopologyEdge>;
  /** Nodes with a fork beside them. */
  readonly forks: ReadonlySet<string>;
  readonly width: number;
}

/** The lines and their words. Hidden from screen readers: the nodes and the members table say the same. */
export function TopologyEdges({ layout, edges, forks, width }: TopologyEdgesProps) {
  return (
    <svg
      width={width}
      height={layout.height}
      className="absolute inset-0 [&_.halo]:[paint-order:stroke] [&_.halo]:stroke-bg1 [&_.halo]:[stroke-width:4px]"
      aria-hidden="true"
    >
      {layout.edges.map((path) => {
        const edge = edges.get(path.to);
        return edge && <Edge key={path.to} edge={edge} path={path} />;
      })}
      {layout.nodes
        .filter((node) => forks.has(node.name))
        .map((node) => (
          <path
            key={node.name}
            d={`M${node.x + node.width} ${node.y + node.height / 2}h28`}
            strokeDasharray="1.5 3"
            strokeWidth="1.6"
            className="stroke-critical"
          />
        ))}
    </svg>
  );
}
