// Patroni 3.0 of the distribution.
import { besidePatronictl } from './beside-patronictl';

besidePatronictl('distro', { traps: true });
