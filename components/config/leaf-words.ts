// The value of a leaf on screen. A value is a person's own text and stays as it is; only what stands for one is said.

import { t, tn, wire } from '@/lib/client/words/text';
import { leafText } from '@/lib/domain/config/diff';

export function leafWords(value: unknown): string {
  if (value === undefined) return t('absent');
  return Array.isArray(value) ? tn(value.length, '{n} line', '{n} lines') : wire(leafText(value));
}
