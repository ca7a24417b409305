// Leaves a sample of a family; null: not known, so there is none.
import type { FamilyName } from './family';

export type Put = (
  family: FamilyName,
  value: number | boolean | null,
  labels?: Readonly<Record<string, string>>,
) => void;
