// The value of a leaf on screen. A value is a person's own text and stays as it is; only what stands for one is said.

import { t, tn } from '@/lib/client/words/text';
import { leafText } from '@/lib/domain/config/diff';
import type { Text } from '@/lib/language/sentence';

export function leafWords(value: unknown): Text {
  if (value === undefined) return t('absent');
  return Array.isArray(value) ? tn(value.length, '{n} line', '{n} lines') : leafText(value);
}
