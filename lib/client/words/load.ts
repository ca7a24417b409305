// The words of a language, as data from the server, and what says them: loaded only where the language is not English.

import { PATHS } from '../../contract/paths';
import type { WordArea } from '../../contract/words';
import type { Catalogue } from '../../language/catalogue';
import { based } from '../live/base';
import { installLanguage, type Language } from './text';

const DEADLINE_MS = 10_000;

/** `version`: of the catalogue, so that a browser may keep it for good. Rejects where it cannot be had. */
export async function loadLanguage(language: Language, area: WordArea, version: string): Promise<void> {
  const [answer, { speakerFrom }] = await Promise.all([
    fetch(based(`${PATHS.words(language, area)}?v=${encodeURIComponent(version)}`), {
      signal: AbortSignal.timeout(DEADLINE_MS),
    }),
    import('../../language/catalogue'),
  ]);
  if (!answer.ok) throw new Error(`no words: ${answer.status}`);
  const catalogue: Catalogue = await answer.json();
  installLanguage(language, speakerFrom(language, catalogue));
}
