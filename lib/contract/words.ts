// The words of a language as browsers load them: which part of its catalogue a kind of page needs, so that a phone and a wall do not
// load the words of the whole desk. A test goes through the code of the card and the wall and asks for every form (lib/language.test.ts).
import type { Areas } from '../language/catalogue';

export const WORD_AREAS = {
  desk: { core: null, screens: null },
  /** Without what is said only in the editor, of an incident and on a wall. */
  card: {
    core: [
      'access',
      'actions',
      'actions-checks',
      'actions-checks-members',
      'actions-steps',
      'alerts',
      'card',
      'causes',
      'entries',
      'events',
      'findings',
      'quantity',
      'server',
    ],
    screens: ['phone', 'words', 'shell', 'actions'],
  },
  /** What clusters say comes in its language from the server. */
  wall: { core: ['quantity'], screens: ['wall', 'words'] },
} as const satisfies Readonly<Record<string, Areas>>;

export type WordArea = keyof typeof WORD_AREAS;

export function isWordArea(text: string): text is WordArea {
  return Object.hasOwn(WORD_AREAS, text);
}
