import { dcsContract } from '../dcs/contract';
import { missingZooKeeper, startSecuredZooKeeper, startZooKeeperStore } from '../dcs/zookeeper-store';

dcsContract({
  name: 'ZooKeeper',
  start: startZooKeeperStore,
  startSecured: startSecuredZooKeeper,
  missing: missingZooKeeper(),
});
