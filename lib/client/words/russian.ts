// Russian for the screens, with that of the core: loaded only where it is wanted.
import { DOMAIN_RU } from '../../language/ru';
import { russian } from '../../language/russian';
import type { Catalogue, Translator } from '../../language/translate';
import { ACCESS } from './ru/access';
import { ACTIONS } from './ru/actions';
import { ALERTS } from './ru/alerts';
import { AUDIT } from './ru/audit';
import { CHARTS } from './ru/charts';
import { CLUSTER } from './ru/cluster';
import { CLUSTER_PANELS } from './ru/cluster-panels';
import { CONFIG } from './ru/config';
import { FLEET } from './ru/fleet';
import { INCIDENT } from './ru/incident';
import { PAGES } from './ru/pages';
import { PHONE } from './ru/phone';
import { SHELL } from './ru/shell';
import { WALL } from './ru/wall';
import { WORDS } from './ru/words';

/** The forms of the screens. */
export const SCREENS_RU: Catalogue = {
  ...ACCESS,
  ...ACTIONS,
  ...ALERTS,
  ...AUDIT,
  ...CHARTS,
  ...CLUSTER,
  ...CLUSTER_PANELS,
  ...CONFIG,
  ...FLEET,
  ...INCIDENT,
  ...PAGES,
  ...PHONE,
  ...SHELL,
  ...WALL,
  ...WORDS,
};

/** What installLanguage is given. */
export const RUSSIAN: Translator = russian(DOMAIN_RU, SCREENS_RU);
