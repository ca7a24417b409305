// Patroni 4.0.
import { besidePatronictl } from './beside-patronictl';

besidePatronictl('patroni40', { traps: false });
