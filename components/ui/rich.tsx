import { Fragment, type ReactNode } from 'react';
import { tParts } from '@/lib/client/words/text';

/** A sentence with elements inside: `rich('{leader} has led for {age}', { leader: <b>n1</b>, age: <Since at={at} /> })`. */
export function rich(form: string, values: Readonly<Record<string, ReactNode>>): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: the place in the sentence is the identity of its part
  return tParts(form, values).map((part, index) => <Fragment key={index}>{part}</Fragment>);
}
