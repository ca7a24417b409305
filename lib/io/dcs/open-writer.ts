// What writes to a DCS, an adapter for each kind (open.ts).
import { ConsulWriter } from './consul/write';
import { EtcdWriter } from './etcd/write';
import { KubernetesWriter } from './kubernetes/write';
import type { DcsAccess } from './open';
import type { DcsWriter } from './port';
import { ZooKeeperWriter } from './zookeeper/write';

export function openWriter(access: DcsAccess): DcsWriter {
  switch (access.kind) {
    case 'etcd3':
      return new EtcdWriter(access);
    case 'consul':
      return new ConsulWriter(access);
    case 'zookeeper':
      return new ZooKeeperWriter(access);
    case 'kubernetes':
      return new KubernetesWriter(access);
  }
}
