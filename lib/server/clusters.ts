// The answers of the read routes, from the feed's newest rows and the collector's memory.

import type { ConfigAnswer, FleetRow } from '../contract/stream';
import type { Snapshot } from '../domain/cluster';
import { byImpact } from '../domain/fleet';
import { revive } from '../language/carry';
import { say } from '../language/sentence';
import { saidBy } from '../language/spoken-error';
import { partialState } from './feed';
import { Refusal } from './route';
import type { Runtime } from './runtime';

export function clustersAnswer(
  runtime: Runtime,
  /** null: all. */
  sees: ((scope: string) => boolean) | null,
): {
  readonly server: ReturnType<Runtime['state']>;
  readonly clusters: readonly FleetRow[];
} {
  const seen = runtime.feed.rows().filter(({ scope }) => sees?.(scope) ?? true);
  const clusters = seen.sort(byImpact);
  return { server: sees === null ? runtime.state() : partialState(runtime.state(), clusters), clusters };
}

/** The newest value of a scope as JSON text. */
export async function scopeAnswer(
  runtime: Pick<Runtime, 'ask'>,
  what: 'snapshot' | 'history',
  scope: string,
): Promise<string> {
  let text: string | null;
  try {
    text = await runtime.ask(what, scope);
  } catch (error) {
    throw new Refusal('not_ready', saidBy(error));
  }
  if (text === null) throw new Refusal('not_found', say`no cluster "${scope}" is known`);
  return text;
}

export async function configAnswer(runtime: Runtime, scope: string): Promise<ConfigAnswer> {
  const { cluster } = revive(JSON.parse(await scopeAnswer(runtime, 'snapshot', scope)) as Snapshot);
  if (cluster.config === null)
    throw new Refusal(
      'not_ready',
      say`the dynamic configuration has not been read yet: neither the DCS nor Patroni gave it`,
    );
  const { revision, by, observedAt, value, numbers } = cluster.config;
  return { scope, revision, by, observedAt, value, numbers };
}
