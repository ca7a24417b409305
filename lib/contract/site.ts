// Two sites of the same data, on the wire. With zod: the browser imports types.
import { z } from 'zod';
import type { Site } from '../domain/sites/site';
import { bytes, count, instant, knownInstant, name } from './scalar';
import { shape } from './spoken';
import type { Proved, Same } from './wire';

const end = {
  id: z.string().describe('made of the name of its cluster: who may see that one can tell which it is'),
  leader: name,
  timeline: count,
  timelineSince: instant,
  lsn: bytes,
  writable: z.boolean().nullable(),
  observedAt: instant,
};
const link = shape({
  primary: shape(end),
  standby: shape(end),
  by: z.enum(['address', 'identifier']),
  source: name.describe('host and port of standby_cluster'),
  upstream: name.describe('the member over there that this leads to; null: an address of no member'),
  streaming: z.boolean().nullable(),
  lagBytes: bytes,
  lagSeconds: count.describe('of replay, by the walsender over there'),
  slot: shape({ name: z.string(), found: z.boolean().nullable() }).nullable(),
  forked: z.boolean().nullable(),
});

export const siteSchema = shape({
  role: z.enum(['primary', 'standby', 'apart']),
  links: z.array(link).describe('of a primary one for each standby cluster, of a standby one'),
  rivals: z.array(
    shape({ ...end, linkedUntil: knownInstant.describe('null: never linked with this one while Howdah looked') }),
  ),
});

export type SiteIsProved = Proved<[Same<typeof siteSchema, Site>]>;
