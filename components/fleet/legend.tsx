import { t } from '@/lib/client/words/text';
import type { MemberGlyph } from '@/lib/contract/stream';
import { GLYPH_WORDS, Glyph } from '../ui/glyph';

const ORDER = Object.keys(GLYPH_WORDS) as MemberGlyph[];

export function Legend() {
  return (
    <ul aria-label={t('Member glyphs')} className="flex flex-wrap gap-x-4 gap-y-1 text-11 text-f3">
      {ORDER.map((glyph) => (
        <li key={glyph} className="flex items-center gap-1.5">
          <Glyph glyph={glyph} size={12} plain />
          {t(GLYPH_WORDS[glyph])}
        </li>
      ))}
    </ul>
  );
}
