// The DCS of a source as its adapter takes it: here alone its password and keys leave the settings.
import type { DcsAccess } from '../io/dcs/open';
import type { DcsSettings } from './config/config';
import { material } from './tls-material';

export function accessOf(dcs: DcsSettings): DcsAccess {
  switch (dcs.kind) {
    case 'etcd3':
    case 'zookeeper':
      return { ...dcs, password: dcs.password?.reveal() ?? null, tls: material(dcs.tls) };
    case 'consul':
      return { ...dcs, token: dcs.token?.reveal() ?? null, datacenter: dcs.dc, tls: material(dcs.tls) };
    case 'kubernetes':
      return { ...dcs, server: dcs.hosts[0] ?? '', token: dcs.token?.reveal() ?? null, tls: material(dcs.tls) };
  }
}
