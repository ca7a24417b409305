// Patroni 4.1.
import { besidePatronictl } from './beside-patronictl';

besidePatronictl('patroni41', { traps: true });
