// What differs between members, and from a profile, on the wire. With zod: the browser imports types.
import { z } from 'zod';
import { DIFFERENCE_KINDS, type Difference } from '../domain/drift/differences';
import { DRIFT_STATEMENTS } from '../domain/drift/facts';
import { type Deviation, PROFILE_RULES } from '../domain/drift/profile';
import { ORIGINS, type Repair } from '../domain/drift/settings';
import { count, instant, knownInstant, labels, name } from './scalar';
import { shape, spoken } from './spoken';
import type { Proved, Same, Wire } from './wire';

const repair = shape({
  member: z.string(),
  text: spoken,
  command: name.describe('for a person to run there'),
});
const value = shape({
  member: z.string(),
  shown: name.describe('as SHOW prints it; null: not known, or it does not leave'),
  hidden: z.boolean().describe('it may hold a secret, and who asks may not read it'),
  origin: z.enum(ORIGINS).nullable(),
  source: name.describe('of pg_settings'),
  file: name,
  line: count,
  pendingRestart: z.boolean(),
});
const difference = shape({
  kind: z.enum(DIFFERENCE_KINDS),
  subject: z.string(),
  values: z.array(shape({ member: z.string(), text: spoken.nullable() })),
  why: spoken,
  command: name,
});
const deviation = shape({
  rule: z.enum(PROFILE_RULES),
  verdict: z.enum(['deviates', 'unknown']),
  text: spoken,
});

/** `GET /api/clusters/{scope}/drift` */
export const driftSchema = shape({
  scope: z.string(),
  at: instant,
  everyMs: z.number().describe('between two looks'),
  values: z.enum(['denied', 'masked']).describe('what of values that may hold secrets is in this answer'),
  members: z.array(
    shape({
      member: z.string(),
      at: knownInstant,
      problem: spoken.nullable().describe('why it was not read'),
      costs: z.array(
        shape({
          statement: z.enum(DRIFT_STATEMENTS),
          tookMs: count,
          problem: spoken.nullable(),
          denied: z.boolean().describe('the role may not'),
          off: z.boolean().describe('it took too long and is left alone for a day'),
        }),
      ),
    }),
  ),
  settings: shape({
    compared: z.number(),
    differing: z.array(
      shape({
        name: z.string(),
        configured: name.describe('in the dynamic configuration'),
        values: z.array(value),
        odd: z.array(z.string()).describe('who differs from what most have'),
        repairs: z.array(repair),
      }),
    ),
    overrides: z
      .array(shape({ name: z.string(), member: z.string(), configured: name, value, repair }))
      .describe('something local wins over the dynamic configuration'),
    hidden: z.array(z.string()).describe('not compared: the session of Howdah hides what the server has'),
    expected: z.array(shape({ name: z.string(), why: spoken })).describe('these differ, and should'),
  })
    .nullable()
    .describe('null: no member could be read'),
  differences: z.array(difference),
  database: name.describe('whose extensions they are'),
  profile: z.string(),
  deviations: z.array(deviation),
});
export type DriftAnswer = Wire<typeof driftSchema>;

/** `GET /api/drift` */
export const fleetDriftSchema = shape({
  minorsAsOf: z.string().describe('of which day the list of newest minor releases is'),
  everyMs: z.number(),
  clusters: z.array(
    shape({
      scope: z.string(),
      labels,
      profile: z.string(),
      at: knownInstant.describe('null: not looked at yet'),
      differing: count.describe('settings that differ between its members; null is unknown'),
      overrides: count.describe('local values that win over the dynamic configuration'),
      others: count.describe('what else differs between its members'),
      unread: count.describe('members that could not be read'),
      deviations: z.array(deviation),
    }),
  ),
});
export type FleetDriftAnswer = Wire<typeof fleetDriftSchema>;

export type DriftIsProved = Proved<
  [Same<typeof repair, Repair>, Same<typeof difference, Difference>, Same<typeof deviation, Deviation>]
>;
