// The settings of this process. All of them are those of the start but the sources, which may be read again while Howdah runs.
import type { HowdahConfig } from '../config/config';

export interface LiveConfig {
  readonly config: HowdahConfig;
  /** Only its sources are taken. */
  take(next: HowdahConfig): void;
}

export function liveConfig(start: HowdahConfig): LiveConfig {
  let now: Pick<HowdahConfig, 'sources' | 'added' | 'lines'> = start;
  const config: HowdahConfig = {
    ...start,
    get sources() {
      return now.sources;
    },
    get added() {
      return now.added;
    },
    get lines() {
      return now.lines;
    },
  };
  return {
    config,
    take: (next) => {
      now = next;
    },
  };
}
