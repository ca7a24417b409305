import { startConsulStore, startSecuredConsul } from '../dcs/consul-store';
import { dcsContract } from '../dcs/contract';
import { builtProgram } from '../lab/environments';

dcsContract({
  name: 'Consul',
  start: startConsulStore,
  startSecured: startSecuredConsul,
  missing: builtProgram('consul') === null ? 'Consul was not run: it is built with Go, which is not here' : null,
});
