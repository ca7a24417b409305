// Reads `objective:` of howdah.yaml: how much of the time which clusters should take writes.
import { z } from 'zod';
import { maybe, number, section, where } from './yaml-schema';

const OBJECTIVES_MAX = 100;

/** `percent` of the time; the first that fits a cluster counts. */
export const objective = maybe(
  z
    .array(
      section({ percent: number('percent', 50, 99.9999), ...where }),
      'a list of objectives, each with percent, and with scopes or labels',
    )
    .max(OBJECTIVES_MAX, `at most ${OBJECTIVES_MAX} objectives`),
  [],
);
export type Objective = Readonly<z.infer<typeof objective>[number]>;
