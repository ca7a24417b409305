import { patroniOn } from '../dcs/patroni-on';
import { missingZooKeeper, startZooKeeperStore } from '../dcs/zookeeper-store';
import { TRUTH_LABS } from './labs';

patroniOn({
  kind: 'zookeeper',
  lab: `${TRUTH_LABS}zookeeper`,
  start: startZooKeeperStore,
  patroni: ({ upstream }) => ({ zookeeper: { hosts: [`${upstream.host}:${upstream.port}`] } }),
  howdah: ({ upstream }) => `zookeeper: { hosts: ["${upstream.host}:${upstream.port}"] }`,
  missing: missingZooKeeper(),
});
