// The DCS of a source as its adapter takes it: here alone its password and keys leave the settings.
import type { EtcdCredentials } from '../io/dcs/etcd/client';
import type { DcsAccess } from '../io/dcs/open';
import type { DcsSettings } from './config/config';
import { material } from './tls-material';

export function accessOf(dcs: DcsSettings): DcsAccess {
  switch (dcs.kind) {
    case 'etcd3': {
      const { admin: _, password, ...rest } = dcs;
      return { ...rest, password: password?.reveal() ?? null, tls: material(dcs.tls) };
    }
    case 'zookeeper':
      return { ...dcs, password: dcs.password?.reveal() ?? null, tls: material(dcs.tls) };
    case 'consul':
      return { ...dcs, token: dcs.token?.reveal() ?? null, datacenter: dcs.dc, tls: material(dcs.tls) };
    case 'kubernetes':
      return { ...dcs, server: dcs.hosts[0] ?? '', token: dcs.token?.reveal() ?? null, tls: material(dcs.tls) };
  }
}

/** As whom its members are changed; null: nobody changes them from here. */
export function adminAccessOf(dcs: DcsSettings): (EtcdCredentials & { readonly hosts: readonly string[] }) | null {
  if (dcs.kind !== 'etcd3' || dcs.admin == null) return null;
  const { username, password, tls } = dcs.admin;
  // The authority that signed the servers is the same, whoever comes.
  return { hosts: dcs.hosts, username, password: password?.reveal() ?? null, tls: material(tls ?? dcs.tls) };
}
