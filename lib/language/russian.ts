// A translator into Russian: the catalogue is given, so that screens bring theirs and the server only that of the core.
import { leafRu, pluralRu } from './quantity-ru';
import { type Catalogue, type Translator, translatorOf } from './translate';

/** `wired`: forms of the core and the server. `screens`: those that only screens fill. */
export function russian(wired: Catalogue, screens: Catalogue = {}): Translator {
  return translatorOf(wired, screens, { plural: pluralRu, leaf: leafRu });
}
