// Schemas of rights, which records of actions carry too. Server side only.
import { z } from 'zod';
import { type ApprovalPolicy, type Authority, CALLER_KINDS, type Grant, ROLES } from '../domain/access/access';
import { ACTION_KINDS } from '../domain/action-kind';
import type { Frozen, Same } from './schema';

const where = {
  scopes: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(100)
    .nullable()
    .describe('names of clusters, with * for whatever text; null: of all clusters'),
  labels: z.record(z.string().min(1).max(100), z.string().max(200)),
};

export const grantSchema = z.strictObject({ role: z.enum(ROLES), ...where });
export const policySchema = z.strictObject({
  actions: z.array(z.enum(ACTION_KINDS)).nullable(),
  ...where,
  minutes: z.number(),
});
export const authoritySchema = z.strictObject({
  kind: z.enum([...CALLER_KINDS, 'howdah']),
  token: z.string().nullable(),
  approvedBy: z.string().nullable(),
  breakGlass: z.string().nullable(),
});

/** Compile-time proof that schema and type say the same, in both directions. */
export const ACCESS_WORDS_MATCH: readonly [
  Same<Frozen<z.infer<typeof grantSchema>>, Frozen<Grant>>,
  Same<Frozen<z.infer<typeof policySchema>>, Frozen<ApprovalPolicy>>,
  Same<Frozen<z.infer<typeof authoritySchema>>, Frozen<Authority>>,
] = [true, true, true];
