// Debian 13: PostgreSQL 17, Patroni 4.0.
import { besidePatronictl } from './beside-patronictl';

besidePatronictl('trixie', { traps: false });
