// How a route refuses. With zod: the browser imports the type.
import { z } from 'zod';
import { ERRORS, isErrorCode } from './error-codes';
import { shape, spoken } from './spoken';
import type { Wire } from './wire';

/** Of every route. */
export const errorSchema = shape({
  code: z.enum(Object.keys(ERRORS).filter(isErrorCode)),
  message: spoken,
  details: z.unknown().optional(),
});
export type ApiError = Wire<typeof errorSchema>;
