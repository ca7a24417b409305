// How old what a witness says is, and why it says nothing.
import type { Text } from '../language/sentence';
import type { ReadingErrorKind } from './raw';

/** Age and health of one witness of one member, or of one door. */
export interface WitnessState {
  /** null: not configured. */
  readonly state: 'fresh' | 'stale' | 'failed' | 'never' | null;
  readonly observedAt: number | null;
  readonly tookMs: number | null;
  readonly error: Text | null;
  /** `refused` and `closed`: the process is gone; `timeout`: slow, frozen or unreachable. null without an error. */
  readonly errorKind: ReadingErrorKind | null;
}
