// A maintenance on the wire: one press of it, and the note that a snapshot carries.
import { z } from 'zod';
import { WORKS } from '../domain/maintenance-note';
import { instant, knownInstant, name } from './scalar';
import { shape } from './spoken';

const member = z.string().min(1).max(256);

export const maintenanceRequestSchema = shape({
  kind: z.literal('maintenance'),
  step: z.enum(['begin', 'out', 'back', 'end']).describe('out: a person is about to stop it; back: it is proved well'),
  member: member.nullable().describe('of out and back, else null'),
  plan: shape({
    members: z.array(member).min(1).max(200).describe('in order; whoever leads comes last by itself'),
    work: z.enum(WORKS),
    minutes: z.number().int().min(1).max(2880).describe('after this long out a member is told like any other'),
  })
    .nullable()
    .describe('of begin, else null'),
});

export const maintenanceSchema = shape({
  actionId: z.string(),
  by: z.string(),
  reason: z.string(),
  beganAt: instant,
  work: z.enum(WORKS),
  minutes: z.number(),
  systemIdentifier: name,
  members: z.array(
    shape({
      name: z.string(),
      state: z.enum(['waiting', 'out', 'done']),
      outAt: knownInstant,
      outBy: name,
      backAt: knownInstant,
      backBy: name,
      before: shape({ startedAt: knownInstant, postgres: name, patroni: name }).nullable(),
    }),
  ),
});
