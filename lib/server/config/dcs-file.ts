// The section of a source that names its DCS: one of them, whatever its kind.
import { type KubernetesSettings, kubernetes } from './kubernetes-file';
import { type ConsulSettings, consul, type EtcdSettings, etcd, type ZooKeeperSettings, zookeeper } from './settings';
import { type Complain, maybe } from './yaml-schema';

/** By the name that the section has in howdah.yaml. */
export const DCS_SECTIONS = {
  etcd: maybe(etcd),
  consul: maybe(consul),
  zookeeper: maybe(zookeeper),
  kubernetes: maybe(kubernetes),
};

export type DcsSettings = EtcdSettings | ConsulSettings | ZooKeeperSettings | KubernetesSettings;

/** null: the section is not there; undefined: it was not understood. */
type Sections = { readonly [K in keyof typeof DCS_SECTIONS]: DcsSettings | null | undefined };

/** Also where it was not understood: that is said once, by its own section. */
export function isDcsNamed(sections: Sections): boolean {
  return Object.values(sections).some((settings) => settings !== null);
}

/** null: none is named. */
export function dcsOf(sections: Sections, complain: Complain): DcsSettings | null {
  const named = Object.entries(sections).flatMap(([name, settings]) => (settings == null ? [] : [{ name, settings }]));
  const [first, second] = named;
  if (first !== undefined && second !== undefined)
    complain([second.name], 'one DCS in a source', `${first.name} is there too`);
  return first?.settings ?? null;
}
