// Patroni 3.0 of the distribution.
import { everyAction } from './every-action';

everyAction('distro');
