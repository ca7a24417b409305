import type { Catalogue } from '../../domain/language/translate';

export const ACCESS: Catalogue = {};
