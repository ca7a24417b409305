// Russian for every sentence of the core and of the server. A test reads the sources and asks for each.
import { ACCESS } from './ru/access';
import { ACTIONS } from './ru/actions';
import { ACTION_CHECKS } from './ru/actions-checks';
import { ACTION_CHECKS_MEMBERS } from './ru/actions-checks-members';
import { ACTION_STEPS } from './ru/actions-steps';
import { ALERTS } from './ru/alerts';
import { CARD } from './ru/card';
import { CONFIG } from './ru/config';
import { EVENTS } from './ru/events';
import { FINDINGS } from './ru/findings';
import { INCIDENT } from './ru/incident';
import { SERVER } from './ru/server';
import { WALL } from './ru/wall';
import type { Catalogue } from './translate';

export const DOMAIN_RU: Catalogue = {
  ...ACCESS,
  ...ACTIONS,
  ...ACTION_CHECKS,
  ...ACTION_CHECKS_MEMBERS,
  ...ACTION_STEPS,
  ...ALERTS,
  ...CARD,
  ...CONFIG,
  ...EVENTS,
  ...FINDINGS,
  ...INCIDENT,
  ...SERVER,
  ...WALL,
};
