// One adapter for each kind of DCS; nobody else knows which there are. What reads is here, for the collector; what writes, for whoever acts,
// in open-writer.ts: neither loads the clients of the other.
import type { TlsMaterial } from '../tls';
import { ConsulCare } from './consul/care';
import type { ConsulAccess } from './consul/client';
import { ConsulWatch } from './consul/watch';
import { EtcdCare } from './etcd/care';
import { EtcdWatch } from './etcd/watch';
import type { KubernetesAccess } from './kubernetes/api';
import { KubernetesCare } from './kubernetes/care';
import { KubernetesWatch } from './kubernetes/watch';
import type { CareReader, DcsWatch, DcsWatchContext } from './port';
import { ZooKeeperCare } from './zookeeper/care';
import { ZooKeeperWatch } from './zookeeper/watch';

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

export function openCare(access: DcsAccess, now: () => number): CareReader {
  switch (access.kind) {
    case 'etcd3':
      return new EtcdCare(access, now);
    case 'consul':
      return new ConsulCare(access, now);
    case 'zookeeper':
      return new ZooKeeperCare(access, now);
    case 'kubernetes':
      return new KubernetesCare(access, now);
  }
}
