import type { Catalogue } from '../translate';

export const ACTIONS: Catalogue = {};
