// Once before and after all files: what they share is made, and no lab of theirs is left, not of an earlier run either;
// the labs of a run that goes on beside this one are left alone.

import { undoHostPowers } from '../chaos/host-powers';
import { endLabs } from '../lab/end';
import { planLayout } from '../lab/layout';
import { beginRun } from '../lab/owner';
import { prepareRun } from '../lab/prepare';
import { KEPT, TRUTH_LABS, WORKERS } from './labs';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

export default async function setup(): Promise<() => Promise<void>> {
  beginRun();
  await prepareRun(say);
  const end = async (): Promise<void> => {
    // What a run of chaos that was killed has cut off stays cut off.
    for (let worker = 1; worker <= WORKERS; worker += 1) undoHostPowers(planLayout(`${TRUTH_LABS}${worker}`, 'demo'));
    if (!KEPT) await endLabs(TRUTH_LABS, say);
  };
  await end();
  return end;
}
