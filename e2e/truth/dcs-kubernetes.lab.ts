import { afterAll } from 'vitest';
import { dcsContract } from '../dcs/contract';
import { KubernetesStores } from '../dcs/kubernetes-store';
import { builtKubeApiserver } from '../lab/kube-apiserver/build';

const missing =
  builtKubeApiserver() === null
    ? 'Kubernetes was not run: its API server was not built, for want of Go or of its modules'
    : null;

for (const [store, name] of [
  ['configmaps', 'Kubernetes, ConfigMaps'],
  ['endpoints', 'Kubernetes, Endpoints'],
] as const) {
  const stores = new KubernetesStores(store);
  afterAll(() => stores.stop());
  dcsContract({ name, start: stores.start, startSecured: stores.startSecured, missing });
}
