// Waits beside a run of chaos. Where its end of the pipe closes without a word, that run died: its lab is ended, its chain of iptables and
// its disk are taken away.

import { text } from 'node:stream/consumers';
import { endLabByName } from '../lab/end';
import { planLayout } from '../lab/layout';
import { undoHostPowers } from './host-powers';

const [name = ''] = process.argv.slice(2);
// A terminal's Ctrl-C is for the run, which ends its lab itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
const said = await text(process.stdin);
if (said === '') {
  undoHostPowers(planLayout(name, 'demo'));
  await endLabByName(name, () => undefined, true);
}
