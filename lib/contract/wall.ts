// What crosses the wire to a wall: its own stream, whole texts in the wall's language. Types here; schemas in wall-schema.ts.
import type { WallEvent, WallMark, WallMembers, WallProblem, WallTile, WallTone } from '../telling/wall/wall';
import type { WallSettings } from './access';

export type { WallEvent, WallMark, WallMembers, WallProblem, WallTile, WallTone };

/** What the screen itself needs to know of its settings. */
export type WallLook = Pick<WallSettings, 'name' | 'theme' | 'language' | 'sound'>;

/** Why a wall shows nothing any more. `unknown`: there is no such wall. */
export const WALL_ENDS = ['revoked', 'expired', 'unknown'] as const;
export type WallEnd = (typeof WALL_ENDS)[number];

/**
 * SSE `data:` payloads; the SSE event name is `kind`. `now`: the server's clock, epoch ms. `seenAt`: when the collector last spoke;
 * null: not yet. At most one frame a second.
 */
export type WallFrame =
  | {
      readonly kind: 'hello';
      readonly now: number;
      readonly seenAt: number | null;
      /** Another one than the page was loaded with: Howdah was upgraded, the page loads itself again, once. */
      readonly build: string;
      readonly wall: WallLook;
      readonly tiles: readonly WallTile[];
      readonly problems: readonly WallProblem[];
      readonly events: readonly WallEvent[];
    }
  | {
      readonly kind: 'update';
      readonly now: number;
      readonly seenAt: number | null;
      /** Those that changed. */
      readonly tiles: readonly WallTile[];
      readonly gone: readonly string[];
      /** All of them; null: as before. */
      readonly problems: readonly WallProblem[] | null;
      /** Newest first; null: as before. */
      readonly events: readonly WallEvent[] | null;
    }
  | { readonly kind: 'beat'; readonly now: number; readonly seenAt: number | null }
  | { readonly kind: 'end'; readonly now: number; readonly reason: WallEnd };

/** `GET /api/wall/{key}`: what a new screen gets first. 404 and 403 with `details.reason`: see WallEnd. */
export type WallAnswer = Extract<WallFrame, { kind: 'hello' }>;

/** Cards that are sent; the worst come first. */
export const WALL_PROBLEMS_MAX = 40;
export const WALL_EVENTS_MAX = 12;
