// The colours of severity, health and tone, as classes. What a shape says of a member is GLYPH_HEALTH of the core.
import type { Health, Tone } from '@/lib/domain/severity';

export const TONE_TEXT: Readonly<Record<Tone | 'dim', string>> = {
  critical: 'text-critical',
  unknown: 'text-unknown',
  warning: 'text-warning',
  plain: 'text-f1',
  dim: 'text-f2',
};

export const HEALTH_TEXT: Readonly<Record<Health, string>> = { ...TONE_TEXT, note: 'text-f1', ok: 'text-f3' };

/** Of a row in a list: a bar at its edge, and where it cannot wait a tint. */
export const HEALTH_ROW: Readonly<Record<Health, string>> = {
  critical: 'bar-critical bg-critical-tint',
  unknown: 'bar-unknown bg-unknown-tint',
  warning: 'bar-warning',
  note: '',
  ok: '',
};

/** Beside a name: filled where it cannot wait. */
export const HEALTH_BADGE: Readonly<Record<Health, string>> = {
  critical: 'bg-critical-fill text-white [--sign:var(--critical-fill)] [&_svg]:text-white',
  unknown: 'border border-dashed border-unknown text-unknown',
  warning: 'border border-warning text-warning',
  note: 'border border-l2 text-f1',
  ok: 'border border-l2 text-f2',
};
