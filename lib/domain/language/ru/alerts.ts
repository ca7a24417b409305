import type { Catalogue } from '../translate';

export const ALERTS: Catalogue = {};
