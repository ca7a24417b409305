// How a cluster goes by one word: Patroni's scope where the source looks at one namespace, `scope@namespace` where it looks at several,
// because the same scope stands in many. No namespace of Kubernetes holds an `@`.
import type { KubernetesAccess } from './api';

type Where = Pick<KubernetesAccess, 'namespaces'>;

const isOne = ({ namespaces }: Where): boolean => namespaces?.length === 1;

export function scopeName(where: Where, scope: string, namespace: string): string {
  return isOne(where) ? scope : `${scope}@${namespace}`;
}

/** As Patroni calls it. */
export function plainScope(where: Where, name: string): string {
  return splitName(where, name)?.scope ?? name;
}

/** null: no such cluster can be. */
export function splitName(where: Where, name: string): { readonly scope: string; readonly namespace: string } | null {
  if (isOne(where)) return { scope: name, namespace: where.namespaces?.[0] ?? '' };
  const at = name.lastIndexOf('@');
  return at <= 0 ? null : { scope: name.slice(0, at), namespace: name.slice(at + 1) };
}
