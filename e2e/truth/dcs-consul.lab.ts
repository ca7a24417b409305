import { startConsulStore, startSecuredConsul } from '../dcs/consul-store';
import { dcsContract } from '../dcs/contract';
import { builtProgram } from '../lab/environments';

dcsContract({
  name: 'Consul',
  start: startConsulStore,
  startSecured: startSecuredConsul,
  missing:
    builtProgram('consul') === null ? 'Consul was not run: it was not built, for want of Go or of its modules' : null,
});
