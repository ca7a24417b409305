import type { Catalogue } from '../translate';

export const INCIDENT: Catalogue = {};
