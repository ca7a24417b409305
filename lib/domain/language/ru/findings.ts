import type { Catalogue } from '../translate';

export const FINDINGS: Catalogue = {};
