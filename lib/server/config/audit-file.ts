// Reads `audit:` of howdah.yaml: how large a file of the journal gets, and for how long full ones are kept.
import type { z } from 'zod';
import { maybe, number, section } from './yaml-schema';

const settings = section({
  /** A file of the journal that is larger is left, and continued in a new one. */
  segmentMegabytes: maybe(number('megabytes', 1, 1024), 64),
  /** null: files of the journal are never removed. */
  keepDays: maybe(number('days', 1, 36_500)),
});

export type AuditSettings = Readonly<z.infer<typeof settings>>;
export const DEFAULT_AUDIT: AuditSettings = settings.parse({});
export const audit = maybe(settings, DEFAULT_AUDIT);
