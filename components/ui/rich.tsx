import { Fragment, type ReactNode } from 'react';
import { t as inLanguage } from '@/lib/client/words/text';

/** A sentence with elements inside: `rich('{leader} leads for {age}', { leader: <b>n1</b>, age: <Since at={at} /> })`. */
export function rich(form: string, values: Readonly<Record<string, ReactNode>>): ReactNode {
  // Without values the places come back as they are, in the order of the language.
  return inLanguage(form)
    .split(/\{(\w+)!?\}/)
    .map((part, index) => {
      const value = index % 2 === 0 ? part : values[part];
      // biome-ignore lint/suspicious/noArrayIndexKey: the place in the sentence is the identity of its part
      return <Fragment key={index}>{value}</Fragment>;
    });
}
