// What a wall shows of a cluster: a tile, and of one in trouble a card. Data only, and the order of the tiles. Durations are not in
// the words: a wall counts them itself, from `since`. Pure; it crosses the wire as plain text, said in the wall's language.

import type { Impact } from '../../domain/cause/cause';
import { byImpact } from '../../domain/fleet';
import type { MemberGlyph } from '../../domain/glyph';
import { type Health, type Tone, toneOf } from '../../domain/severity';
import type { Text } from '../../language/sentence';

/** Worth knowing of a cluster that needs nobody. */
export const WALL_MARKS = ['paused', 'maintenance', 'pending_restart', 'scheduled', 'new_timeline'] as const;
export type WallMark = (typeof WALL_MARKS)[number];

/** Why a wall shows nothing any more. `unknown`: there is no such wall. */
export const WALL_ENDS = ['revoked', 'expired', 'unknown'] as const;
export type WallEnd = (typeof WALL_ENDS)[number];

export interface WallTile<T extends Text = Text> {
  readonly scope: string;
  readonly health: Health;
  /** null: nothing needs a person. */
  readonly impact: Impact | null;
  /** What is wrong, in a few words; null: nothing that needs a person. */
  readonly words: T | null;
  /** Since when, epoch ms; null: not known. */
  readonly since: number | null;
  /** Who holds the leader key; null: nobody, or not known. */
  readonly leader: string | null;
  /** Worst replay lag, with its unit; null: not known. */
  readonly lag: T | null;
  readonly timeline: number | null;
  readonly marks: readonly WallMark[];
  /** null: never observed. */
  readonly observedAt: number | null;
  readonly staleAfterMs: number;
}

/** Members that are in the same state, with its words. */
export interface WallMembers<T extends Text = Text> {
  readonly glyph: MemberGlyph;
  readonly tone: Tone;
  readonly names: T;
  readonly text: T;
}

export interface WallProblem<T extends Text = Text> {
  readonly scope: string;
  readonly health: Health;
  /** `no leader` */
  readonly label: T;
  /** The cause, else the worst finding, as a sentence. */
  readonly title: T;
  /** The one number; null: how long it has lasted, counted from `since`. */
  readonly number: T | null;
  /** What the number is: `not writable`, `past the fork`. */
  readonly numberWords: T;
  readonly since: number;
  readonly members: readonly WallMembers<T>[];
  /** Groups of members that found no place. */
  readonly more: number;
  /** null: not known. */
  readonly failoverPossible: boolean | null;
  /** The cause, else whether somebody could take over. */
  readonly failover: T;
}

export interface WallEvent<T extends Text = Text> {
  readonly id: string;
  readonly scope: string;
  readonly at: number;
  readonly text: T;
}

/** A person is needed: it gets a large tile and a card. */
export function isProblem({ health }: { readonly health: Health }): boolean {
  return toneOf(health) !== 'plain';
}

/** What costs most first, and of the same the oldest; without trouble those that have a mark, then by name. */
export function byUrgency(a: WallTile, b: WallTile): number {
  const problems = Number(isProblem(b)) - Number(isProblem(a));
  if (problems !== 0) return problems;
  if (isProblem(a)) return byImpact(a, b);
  const marked = Number(b.marks.length > 0) - Number(a.marks.length > 0);
  return marked !== 0 ? marked : a.scope < b.scope ? -1 : a.scope > b.scope ? 1 : 0;
}
