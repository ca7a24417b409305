// Russian for every sentence of the core and of the server. A test reads the sources and asks for each.
import { ACTIONS } from './ru/actions';
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
  ...ACTIONS,
  ...ALERTS,
  ...CARD,
  ...CONFIG,
  ...EVENTS,
  ...FINDINGS,
  ...INCIDENT,
  ...SERVER,
  ...WALL,
};
