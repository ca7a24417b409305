import type { Catalogue } from '../translate';

export const CONFIG: Catalogue = {};
