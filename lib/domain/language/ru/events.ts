import type { Catalogue } from '../translate';

export const EVENTS: Catalogue = {};
