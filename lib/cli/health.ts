// `howdah health`: does the Howdah of this data folder live, for container engines and scripts. Exit codes: 0 it does, 1 it does not.
import { PATHS } from '../contract/paths';
import { EXIT } from './act';
import { type Api, ApiFailed } from './api';
import { err, out } from './print';

export async function health(api: Api): Promise<number> {
  try {
    await api.get(PATHS.health);
    out('alive');
    return EXIT.done;
  } catch (error) {
    if (error instanceof ApiFailed && error.status === 503) err('it answers, but its collector is silent');
    else err(error instanceof Error ? error.message : String(error));
    return EXIT.failed;
  }
}
