// Keeps etcd leases alive in the place of a Patroni that is frozen or dead, so that a contradiction (a leader key without a
// primary, the key of a member that is gone) lasts as long as a test needs it.

import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd } from '../etcd';
import { becomeUser } from './become-user';

const [endpoints = '', leases = '', user = ''] = process.argv.slice(2);
becomeUser(user);
const etcd = new Etcd(endpoints.split(','));
for (;;) {
  await Promise.allSettled(leases.split(',').map((lease) => etcd.keepLease(lease)));
  await sleep(2000);
}
