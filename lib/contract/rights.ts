// Rights on the wire, which records of actions carry too. Their types are the core's (domain/access). With zod: the browser imports none.
import { z } from 'zod';
import { type ApprovalPolicy, type Authority, CALLER_KINDS, type Grant, ROLES } from '../domain/access/access';
import { ACTION_KINDS } from '../domain/action-kind';
import { name } from './scalar';
import type { Proved, Same } from './wire';

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
  token: name,
  approvedBy: name,
  breakGlass: name,
});

export type Proof = Proved<
  [Same<typeof grantSchema, Grant>, Same<typeof policySchema, ApprovalPolicy>, Same<typeof authoritySchema, Authority>]
>;
