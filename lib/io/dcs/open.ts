// One adapter for each kind of DCS; nobody else knows which there are.
import type { TlsMaterial } from '../tls';
import type { ConsulAccess } from './consul/client';
import { ConsulWatch } from './consul/watch';
import { ConsulWriter } from './consul/write';
import { EtcdWatch } from './etcd/watch';
import { EtcdWriter } from './etcd/write';
import type { KubernetesAccess } from './kubernetes/api';
import { KubernetesWatch } from './kubernetes/watch';
import { KubernetesWriter } from './kubernetes/write';
import type { DcsWatch, DcsWatchContext, DcsWriter } from './port';
import { ZooKeeperWatch } from './zookeeper/watch';
import { ZooKeeperWriter } from './zookeeper/write';

/** Where a DCS is and as whom it is asked, secrets in the clear. */
export type DcsAccess = EtcdAccess | ConsulAccess | ZooKeeperAccess | KubernetesAccess;

export interface EtcdAccess {
  readonly kind: 'etcd3';
  /** `http(s)://host:port`, all of one scheme. */
  readonly hosts: readonly string[];
  /** With a slash at both ends. */
  readonly namespace: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: TlsMaterial | null;
}

export interface ZooKeeperAccess {
  readonly kind: 'zookeeper';
  /** `host:port`. */
  readonly hosts: readonly string[];
  /** With a slash at both ends. */
  readonly namespace: string;
  /** Of the scheme `digest`. */
  readonly username: string | null;
  readonly password: string | null;
  /** null: in the clear. */
  readonly tls: TlsMaterial | null;
}

export function openWatch(access: DcsAccess, context: DcsWatchContext): DcsWatch {
  switch (access.kind) {
    case 'etcd3':
      return new EtcdWatch({ ...access, ...context });
    case 'consul':
      return new ConsulWatch({ ...access, ...context });
    case 'zookeeper':
      return new ZooKeeperWatch({ ...access, ...context });
    case 'kubernetes':
      return new KubernetesWatch(access, context);
  }
}

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
