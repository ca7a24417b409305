// Russian for a wall's own words; what clusters say comes in Russian from the server. Loaded only where it is wanted.
import { russian } from '../../language/russian';
import type { Translator } from '../../language/translate';
import { WALL } from '../words/ru/wall';

export const WALL_RUSSIAN: Translator = russian({}, WALL);
