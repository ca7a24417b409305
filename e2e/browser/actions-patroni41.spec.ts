// Patroni 4.1.
import { everyAction } from './every-action';

everyAction('patroni41');
