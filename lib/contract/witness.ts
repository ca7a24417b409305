// How old what a witness says is, and why it says nothing, as it crosses the wire.
import { z } from 'zod';
import { knownInstant } from './scalar';
import { shape, spoken } from './spoken';

export const errorKind = z
  .enum([
    'timeout',
    'refused',
    'unreachable',
    'tls',
    'auth',
    'denied',
    'http',
    'malformed',
    'closed',
    'skipped',
    'foreign',
  ])
  .nullable();

export const witness = shape({
  state: z.enum(['fresh', 'stale', 'failed', 'never']).nullable().describe('null: not configured'),
  observedAt: knownInstant,
  tookMs: z.number().nullable(),
  error: spoken.nullable(),
  errorKind,
});
