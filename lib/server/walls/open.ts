// The walls of this process, put together: their links and their screens.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AccessLog } from '../access/access-log';
import type { Keys } from '../access/keys';
import type { HowdahConfig } from '../config/config';
import type { Store } from '../store/store';
import { VERSION } from '../version';
import { Screens, type ScreensDeps } from './screens';
import { Walls } from './walls';

export interface WallDesk {
  readonly walls: Walls;
  readonly screens: Screens;
  /** Which build of the pages this process serves: a screen that has another one loads itself again. */
  readonly build: string;
  stop(): void;
}

export interface WallDeskDeps extends Omit<ScreensDeps, 'walls' | 'build'> {
  readonly config: Pick<HowdahConfig, 'dataDir' | 'publicUrl'>;
  readonly store: Store;
  readonly keys: Keys;
  readonly log: Pick<AccessLog, 'write'>;
}

export function openWalls({ config, store, keys, log, ...deps }: WallDeskDeps): WallDesk {
  const walls = new Walls({
    store,
    keys,
    dataDir: config.dataDir,
    publicUrl: config.publicUrl,
    now: deps.now,
    record: (kind, actor, text) => log.write(kind, { actor, text }),
  });
  const build = readBuild();
  const screens = new Screens({ ...deps, walls, build });
  return {
    walls,
    screens,
    build,
    stop: () => {
      screens.stop();
      walls.stop();
    },
  };
}

/** Next's id of the build, once: a later build belongs to the next process. */
function readBuild(): string {
  try {
    const folder = path.join(/* turbopackIgnore: true */ process.cwd(), process.env.HOWDAH_DIST || '.next');
    return `${VERSION} ${readFileSync(path.join(folder, 'BUILD_ID'), 'utf8').trim()}`;
  } catch {
    return VERSION;
  }
}
