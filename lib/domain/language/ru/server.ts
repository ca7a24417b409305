import type { Catalogue } from '../translate';

export const SERVER: Catalogue = {};
