// Once before and after all files: what they share is made, and no lab of theirs is left, not of an earlier run either;
// the labs of a run that goes on beside this one are left alone.
import { endLabs } from '../lab/end';
import { beginRun } from '../lab/owner';
import { prepareRun } from '../lab/prepare';
import { BROWSER_LABS } from './labs';
import { offerRecordings } from './recordings';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

export default async function setup(): Promise<() => Promise<void>> {
  beginRun();
  await prepareRun(say);
  await endLabs(BROWSER_LABS, say);
  const endRecordings = await offerRecordings();
  return async () => {
    await endRecordings();
    await endLabs(BROWSER_LABS, say);
  };
}
