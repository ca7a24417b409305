// `howdah wait`: until a cluster is what a script needs it to be. Exit codes: 0 it is, 1 not in time. What Howdah cannot say is waited
// for too: it may be starting.

import { PATHS } from '../contract/paths';
import type { ActionRecord } from '../domain/actions/action';
import type { Snapshot } from '../domain/cluster';
import { Usage } from './access';
import { EXIT } from './act';
import { type Api, ApiFailed } from './api';
import { out } from './print';

const LOOK_MS = 1000;
const TIMEOUT_SECONDS = 300;

/** null: it is so; else what is missing. Pure. */
type Condition = (snapshot: Snapshot, actions: readonly ActionRecord[]) => string | null;

const CONDITIONS: Readonly<Record<string, Condition>> = {
  ok: ({ health, cause, findings }) =>
    health === 'ok' || health === 'note' ? null : String(cause?.headline ?? findings[0]?.title ?? health),
  leader: ({ cluster: { leader } }) =>
    leader === null ? 'nobody leads' : leader.known ? null : `who leads is not known; it was ${leader.name}`,
  writable: ({ cluster, cause }) =>
    cluster.writable === true
      ? null
      : String(cause?.headline ?? (cluster.writable === null ? 'whether it is writable is not known' : 'not writable')),
  streaming: ({ cluster: { leader, members } }) => {
    if (leader?.known !== true) return 'nobody is known to lead';
    const behind = members.filter(
      ({ listed, replication: { kind } }) => listed && kind !== 'leader' && kind !== 'streaming',
    );
    return behind.length === 0 ? null : `${behind.map(({ name }) => name).join(', ')} not streaming`;
  },
  idle: ({ cluster }, actions) => {
    const open = actions.find(({ phase }) => phase !== 'closed');
    if (open !== undefined) return `${open.request.kind} runs`;
    return cluster.pendingSwitchover === null ? null : 'a switchover is being worked on';
  },
};

export async function wait(
  api: Api,
  scope: string,
  given: { readonly for: string | null; readonly timeout: string | null },
): Promise<number> {
  const name = given.for ?? 'ok';
  const condition = Object.hasOwn(CONDITIONS, name) ? CONDITIONS[name] : undefined;
  if (condition === undefined) throw new Usage(`expected --for ${Object.keys(CONDITIONS).join(', ')}, got "${name}"`);
  const seconds = Number(given.timeout ?? TIMEOUT_SECONDS);
  if (!(seconds >= 0) || given.timeout === '') throw new Usage('expected --timeout in seconds');
  const until = Date.now() + seconds * 1000;
  let told = '';
  for (;;) {
    const missing = await look(api, scope, name === 'idle', condition);
    if (missing === null) {
      out(`${scope}: ${name}`);
      return EXIT.done;
    }
    if (missing !== told) out(`${scope}: ${missing}`);
    told = missing;
    if (Date.now() >= until) {
      out(`${scope}: not ${name} within ${seconds} s`);
      return EXIT.failed;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_MS, Math.max(0, until - Date.now()))));
  }
}

async function look(api: Api, scope: string, needsActions: boolean, condition: Condition): Promise<string | null> {
  try {
    const snapshot = await api.get<Snapshot>(PATHS.cluster(scope));
    const { actions } = needsActions
      ? await api.get<{ actions: readonly ActionRecord[] }>(PATHS.actions(scope))
      : { actions: [] };
    return condition(snapshot, actions);
  } catch (error) {
    // A cluster may come, and Howdah may be starting; a token that is none stays so.
    const isFinal = error instanceof ApiFailed && (error.status === 401 || error.status === 403);
    if (isFinal) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}
