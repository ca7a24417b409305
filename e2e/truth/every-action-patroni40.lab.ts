// Patroni 4.0.
import { everyAction } from './every-action';

everyAction('patroni40');
