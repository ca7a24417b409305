// What Howdah knows of a pause that was made through it: who, why, until when. An action leaves it, an observation carries it.

/** Shown with the finding `paused`. */
export interface PauseNote {
  readonly actionId: string;
  readonly by: string;
  readonly owner: string;
  readonly reason: string;
  readonly pausedAt: number;
  readonly until: number | null;
  readonly autoResume: boolean;
  readonly systemIdentifier: string | null;
  /** Of the `/config` that paused it; null: by REST. A later revision without `pause` ends the note. */
  readonly configRevision: string | null;
}
