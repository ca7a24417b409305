import type { ReactNode } from 'react';
import { form } from '@/lib/client/words/text';
import type { MemberGlyph } from '@/lib/contract/stream';
import { GLYPH_HEALTH } from '@/lib/domain/glyph';
import { type Health, toneOf } from '@/lib/domain/severity';
import { HEALTH_TEXT, TONE_TEXT } from './tone';

const RING = <circle cx="8" cy="8" r="5.5" />;
const MARK = 'M6.3 6.5a1.75 1.75 0 1 1 2.6 1.55c-.6.33-.9.62-.9 1.2';

const MEMBER: Readonly<Record<MemberGlyph, ReactNode>> = {
  leader: <path d="M8 1.6 14.4 8 8 14.4 1.6 8Z" fill="currentColor" stroke="none" />,
  standby_leader: (
    <>
      <path d="M8 2.2 13.8 8 8 13.8 2.2 8Z" />
      <circle cx="8" cy="8" r="1.6" fill="currentColor" stroke="none" />
    </>
  ),
  sync_standby: (
    <>
      {RING}
      <circle cx="8" cy="8" r="2.2" fill="currentColor" stroke="none" />
    </>
  ),
  quorum_standby: (
    <>
      {RING}
      <path d="M5.6 8h4.8" />
    </>
  ),
  replica: RING,
  replay_paused: (
    <>
      {RING}
      <path d="M6.6 6v4M9.4 6v4" />
    </>
  ),
  lag_over_limit: (
    <>
      {RING}
      <path d="M8 4.8V8l2.1 1.5" />
    </>
  ),
  not_running: (
    <>
      {RING}
      <path d="m6.1 6.1 3.8 3.8m0-3.8-3.8 3.8" />
    </>
  ),
  forked: (
    <>
      <path d="M7 3.2A5.2 5.2 0 0 0 4 12.6" />
      <path d="M9 12.8a5.2 5.2 0 0 0 3-9.4" />
      <path d="M10.2 2.2 5.8 13.8" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="5.9" strokeDasharray="2.1 2" />
      <path d={MARK} strokeWidth="1.2" />
      <circle cx="8" cy="11" r=".75" fill="currentColor" stroke="none" />
    </>
  ),
};

/** Forms, said by `t`. */
export const GLYPH_WORDS: Readonly<Record<MemberGlyph, string>> = {
  leader: form('leader'),
  standby_leader: form('standby leader'),
  sync_standby: form('sync standby'),
  quorum_standby: form('quorum standby'),
  replica: form('replica'),
  replay_paused: form('replay paused'),
  lag_over_limit: form('lag over limit'),
  forked: form('forked'),
  not_running: form('not running'),
  unknown: form('unknown'),
};

const ROLE_COLOR: Partial<Readonly<Record<MemberGlyph, string>>> = { leader: 'text-f0', standby_leader: 'text-f1' };

function glyphColor(glyph: MemberGlyph): string {
  const tone = toneOf(GLYPH_HEALTH[glyph]);
  return tone === 'plain' ? (ROLE_COLOR[glyph] ?? 'text-f2') : TONE_TEXT[tone];
}

interface GlyphProps {
  readonly glyph: MemberGlyph;
  readonly size?: number;
  readonly plain?: boolean;
  readonly className?: string;
}

/** Role by shape, trouble by what replaces the inside. Decorative: the words stand beside it. */
export function Glyph({ glyph, size = 14, plain = false, className = '' }: GlyphProps) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      className={`shrink-0 ${plain ? '' : glyphColor(glyph)} ${className}`}
      aria-hidden="true"
    >
      {MEMBER[glyph]}
    </svg>
  );
}

/** Forms, said by `t`. */
export const HEALTH_WORDS: Readonly<Record<Health, string>> = {
  critical: form('Critical'),
  unknown: form('Unknown'),
  warning: form('Warning'),
  note: form('Note'),
  ok: form('Healthy'),
};

const SEVERITY: Readonly<Record<Health, ReactNode>> = {
  critical: (
    <>
      <path d="M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2Z" fill="currentColor" stroke="none" />
      <path d="M8 4.4v4.4" stroke="var(--sign, var(--bg1))" strokeWidth="1.8" />
      <circle cx="8" cy="11.3" r="1.1" fill="var(--sign, var(--bg1))" stroke="none" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.4" strokeDasharray="2.3 2" />
      <path d={MARK} />
      <circle cx="8" cy="11.2" r=".85" fill="currentColor" stroke="none" />
    </>
  ),
  warning: (
    <>
      <path d="M8 2.2 14.6 13.6H1.4Z" strokeLinejoin="round" />
      <path d="M8 6.4v3.4" />
      <circle cx="8" cy="11.7" r=".8" fill="currentColor" stroke="none" />
    </>
  ),
  note: (
    <>
      <rect x="2" y="2" width="12" height="12" rx="2" />
      <path d="M8 7.2v4" />
      <circle cx="8" cy="4.9" r=".85" fill="currentColor" stroke="none" />
    </>
  ),
  ok: <circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" />,
};

export function SeverityIcon({
  health,
  size = 16,
  className = '',
}: {
  health: Health;
  size?: number;
  className?: string;
}) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      className={`shrink-0 ${HEALTH_TEXT[health]} ${className}`}
      aria-hidden="true"
    >
      {SEVERITY[health]}
    </svg>
  );
}
