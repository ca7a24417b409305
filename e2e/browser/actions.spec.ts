// Patroni 3.0, and everything that stands between a person and a mistake.
import { everyAction } from './every-action';
import { guards } from './guards';

everyAction('distro', guards);
