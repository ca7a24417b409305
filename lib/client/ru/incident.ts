import type { Catalogue } from '../../domain/language/translate';

export const INCIDENT: Catalogue = {};
