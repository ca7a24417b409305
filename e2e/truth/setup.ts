// Once before and after all files: what they share is made, and no lab of theirs is left, not of an earlier run either;
// the labs of a run that goes on beside this one are left alone.

import { endLabs } from '../lab/end';
import { beginRun } from '../lab/owner';
import { prepareRun } from '../lab/prepare';
import { KEPT, TRUTH_LABS } from './labs';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

export default async function setup(): Promise<() => Promise<void>> {
  beginRun();
  await prepareRun(say);
  const end = async (): Promise<void> => {
    if (!KEPT) await endLabs(TRUTH_LABS, say);
  };
  await end();
  return end;
}
