import type { TakeOut } from '../../contract/access';
import { PATHS } from '../../contract/paths';
import { postJson } from './fetch';

const POST_MS = 10_000;

/** Says that a member was taken out, or that the cluster was removed. Rejects with words for people. */
export async function takeOut(scope: string, order: TakeOut): Promise<void> {
  await postJson<{ readonly ok: true }>(PATHS.roster(scope), order, POST_MS);
}
