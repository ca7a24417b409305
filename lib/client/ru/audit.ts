import type { Catalogue } from '../../domain/language/translate';

export const AUDIT: Catalogue = {};
