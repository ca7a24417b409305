'use client';
import type { ReactNode } from 'react';
import { useFreshness } from '@/lib/client/live/live';
import { formatBytes } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { Tone } from '@/lib/domain/severity';
import { Since } from '../ui/age';
import { Glyph } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';
import { TONE_TEXT } from '../ui/tone';
import type { Box } from './topology-layout';
import type { NodeLine, TopologyNode } from './topology-model';

const CARD: Readonly<Record<Tone, string>> = {
  plain: 'border-l2 bg-bg2',
  warning: 'border-warning/60 bg-bg2',
  critical: 'border-critical bg-critical-tint',
  unknown: 'border-unknown border-dashed bg-unknown-tint',
};

export function Line({ line, leads }: { line: NodeLine; leads: boolean }) {
  return (
    <span className={`flex items-center gap-1.5 truncate ${leads ? 'opacity-75' : TONE_TEXT[line.tone ?? 'plain']}`}>
      {line.icon && <Icon name={line.icon} size={11} />}
      <span className={`truncate ${line.mono ? 'font-mono text-11' : 'text-12 tracking-[-.012em]'}`}>
        {line.text}
        {line.since !== undefined && (
          <>
            {' '}
            <Since at={line.since} />
          </>
        )}
      </span>
    </span>
  );
}

interface CardProps {
  readonly node: TopologyNode;
  readonly box: Box;
  readonly staleAfterMs: number;
  /** On the upper right corner, when the card is pointed at or reached by keyboard. */
  readonly menu?: ReactNode;
}

export function TopologyCard({ node, box, staleAfterMs, menu }: CardProps) {
  const was = useFreshness(node.observedAt, staleAfterMs) === 'was';
  const leads = node.leads && !was;
  const tone = was ? 'unknown' : node.tone;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a node of the drawing, not a form's fieldset
    <div
      role="group"
      aria-label={was ? t('{node}, was', { node: node.label }) : node.label}
      title={node.label}
      style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
      className={`group absolute flex flex-col rounded-panel border py-[7px] pr-[7px] pl-[11px] ${leads ? 'border-key bg-key text-key-text' : CARD[tone]}`}
    >
      <span className="flex items-center gap-2">
        <Glyph glyph={was ? 'unknown' : node.glyph} plain={leads} size={leads ? 15 : 14} />
        <span className={`min-w-0 font-semibold text-14 ${leads ? '' : 'text-f0'}`}>
          <Name text={node.name} limit={Math.floor((box.width - 92) / 8) - String(node.timeline ?? '?').length + 1} />
        </span>
        <span
          className={`ml-auto shrink-0 whitespace-nowrap rounded-chip border px-1.5 font-mono text-10 ${leads ? 'border-current font-semibold' : 'border-l2 text-f2'} ${tone === 'critical' ? 'text-f1' : ''}`}
        >
          TL {node.timeline ?? '?'}
        </span>
      </span>
      <span className="truncate text-12 tracking-[-.012em]">
        {was && !node.mute && <span className="text-unknown">{t('was')} </span>}
        {node.strong !== null && <strong className={`font-semibold ${TONE_TEXT[tone]}`}>{node.strong}, </strong>}
        {node.role}
      </span>
      {node.line && <Line line={was ? { ...node.line, tone: 'dim' } : node.line} leads={leads} />}
      {menu && (
        <span className="absolute -top-2.5 -right-2.5 flex rounded-full border border-l2 bg-bg1 opacity-0 focus-within:opacity-100 group-hover:opacity-100 has-aria-expanded:opacity-100 pointer-coarse:opacity-100">
          {menu}
        </span>
      )}
    </div>
  );
}

interface RowProps {
  readonly node: TopologyNode;
  /** Longest bar of the group. */
  readonly topBytes: number;
  readonly staleAfterMs: number;
}

export function TopologyRow({ node, topBytes, staleAfterMs }: RowProps) {
  const was = useFreshness(node.observedAt, staleAfterMs) === 'was';
  const share = node.lagBytes === null || topBytes === 0 ? 0 : Math.min(1, node.lagBytes / topBytes);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a node of the drawing, not a form's fieldset
    <div
      role="group"
      aria-label={was ? t('{node}, was', { node: node.label }) : node.label}
      title={node.label}
      className="flex h-[34px] items-center gap-2 px-2 text-12"
    >
      <Glyph glyph={was ? 'unknown' : node.glyph} size={12} />
      <span
        className={`min-w-0 shrink-0 ${node.tone === 'plain' ? 'text-f0' : `font-semibold ${TONE_TEXT[node.tone]}`}`}
      >
        <Name text={node.name} limit={9} />
      </span>
      <span className="h-[3px] min-w-3 grow rounded-full bg-bg3">
        <span className="block h-full rounded-full bg-f3" style={{ width: `${share * 100}%` }} />
      </span>
      <span className={`shrink-0 text-11 ${was || node.lagBytes === null ? 'text-unknown' : 'text-f2'}`}>
        {was ? t('was {value}', { value: formatBytes(node.lagBytes) }) : formatBytes(node.lagBytes)}
      </span>
    </div>
  );
}
