import { startConsulStore } from '../dcs/consul-store';
import { patroniOn } from '../dcs/patroni-on';
import { builtProgram } from '../lab/environments';
import { TRUTH_LABS } from './labs';

patroniOn({
  kind: 'consul',
  lab: `${TRUTH_LABS}consul`,
  start: startConsulStore,
  patroni: ({ upstream }) => ({ consul: { url: `http://${upstream.host}:${upstream.port}` } }),
  howdah: ({ upstream }) => `consul: { hosts: ["http://${upstream.host}:${upstream.port}"] }`,
  missing:
    builtProgram('consul') === null ? 'Consul was not run: it was not built, for want of Go or of its modules' : null,
});
