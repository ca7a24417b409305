'use client';
import { useCluster } from '@/lib/client/live/live';
import { t } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { Panel } from '../ui/panel';
import { configLines } from './config-lines';
import { ConfigLineRow } from './config-screen';

/** Top-level keys that are set differently now. */
function changedSince(then: Snapshot, now: Snapshot | undefined): readonly string[] | null {
  const before = then.cluster.config?.value;
  const after = now?.cluster.config?.value;
  if (before === undefined || after === undefined) return null;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .sort();
}

/** The dynamic configuration as it was: on the live page it has a tab of its own. */
export function PastConfigPanel({ snapshot }: { snapshot: Snapshot }) {
  const changed = changedSince(snapshot, useCluster(snapshot.scope));
  const { config } = snapshot.cluster;
  const revision = config?.revision == null ? '' : t('/config, revision {revision}', { revision: config.revision });
  return (
    <Panel title={t('Configuration')} count={t('as it was')} aside={revision}>
      {config === null ? (
        <p className="px-3.5 py-2.5 text-unknown">{t('The configuration was unknown.')}</p>
      ) : (
        <>
          {changed !== null && (
            <p className="px-3.5 pt-2.5 text-12 text-f2">
              {changed.length === 0
                ? t('The same is stored now.')
                : t('Stored differently now: {keys}.', { keys: changed.join(', ') })}
            </p>
          )}
          <ol className="overflow-x-auto py-2 font-mono text-12">
            {configLines(config.value, {}).map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: line numbers are the identity of lines
              <ConfigLineRow key={`${index}${line.key}`} line={line} number={index + 1} />
            ))}
          </ol>
        </>
      )}
    </Panel>
  );
}
