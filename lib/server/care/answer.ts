// The DCS of a source, for whoever may see a cluster on it. Nobody learns the names of clusters outside the own rights, nor of sources.
import type { CareAnswer } from '../../contract/care';
import type { CareCode } from '../../domain/care/care';
import { marginWords } from '../../domain/care/margin';
import { revive } from '../../language/carry';
import { say } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import type { Gate } from '../access/gate';
import type { CareSight } from '../collector/care-poller';
import { Refusal } from '../route';
import type { Runtime } from '../runtime';

export async function careAnswer(
  runtime: Pick<Runtime, 'ask' | 'feed' | 'careDeskNow'>,
  source: string,
  gate: Pick<Gate, 'sees' | 'seesAll' | 'why'>,
): Promise<CareAnswer> {
  const isSeen = runtime.feed.rows().some((row) => row.source === source && gate.sees(row.scope));
  if (!gate.seesAll && !isSeen) throw unknownSource(source);
  const text = await runtime.ask('care', source).catch((error: unknown) => {
    throw new Refusal('not_ready', saidBy(error));
  });
  const sight = text === null ? null : (revive(JSON.parse(text)) as CareSight | null);
  if (sight === null) throw unknownSource(source);
  const { labels, namespace, looked, clusters } = sight;
  const isFor = ({ code }: { readonly code: CareCode }): boolean => gate.seesAll || code !== 'twin';
  const findings = (looked?.findings ?? []).filter(isFor);
  return {
    source,
    labels,
    namespace,
    staleAfterMs: looked?.staleAfterMs ?? 0,
    care: looked?.care ?? null,
    margin: looked === null ? null : marginWords(looked.care.votes),
    findings,
    events: (looked?.events ?? []).filter(isFor),
    actions: runtime.careDeskNow()?.offer(sight, gate.why('change_dcs', null)) ?? null,
    clusters: clusters.filter(({ scope }) => gate.sees(scope)),
    partial: !gate.seesAll,
  };
}

const unknownSource = (source: string): Refusal =>
  new Refusal('not_found', say`no source "${source}" with a DCS is known`);
