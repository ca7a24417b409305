'use client';
import { failureWords, useConfigEditor } from '@/lib/client/config/use-editor';
import { useCluster } from '@/lib/client/live/live';
import { t } from '@/lib/client/words/text';
import type { ConfigAnswer } from '@/lib/contract/stream';
import type { Snapshot } from '@/lib/domain/cluster';
import { ConfigEditorView } from '../config/config-editor';
import { Age } from '../ui/age';
import { CopyButton } from '../ui/copy-button';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import { ClusterFrame } from './cluster-frame';
import { type ConfigLine, configLines, configText } from './config-lines';
import { PendingPanel } from './pending-panel';

/** History and configuration are asked for every 10 s: three missed answers are too old. */
const STALE_AFTER_MS = 15_000;

/** Another scope is another edit. */
export function ConfigScreen({ scope }: { scope: string }) {
  return <Configuration key={scope} scope={scope} />;
}

function Configuration({ scope }: { scope: string }) {
  const { editor, config } = useConfigEditor(scope);
  const snapshot = useCluster(scope);
  const writable = editor !== null && editor.readOnly !== true;
  // The stream carries the configuration too: then the route is not missed.
  const failed = config.isError && snapshot?.cluster.config == null;
  return (
    <ClusterFrame scope={scope} tab="config">
      {!writable && (
        <h1 className="mb-3 flex flex-wrap items-baseline gap-x-3 font-semibold text-18 text-f0">
          {t('Dynamic configuration')}{' '}
          <span className="break-all font-normal text-12 text-f2">
            {editor?.readOnly === true ? t('{scope}, read-only: this Howdah only watches', { scope }) : scope}
          </span>
        </h1>
      )}
      {failed && (
        <p
          role="status"
          className="bar-unknown mb-3 flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
        >
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span>
            <span className="text-f0">{t('The configuration could not be read.')} </span>
            {failureWords(config.error)}
          </span>
        </p>
      )}
      {writable ? (
        <ConfigEditorView scope={scope} editor={editor} />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          {config.data !== undefined && <Stored answer={config.data} effective={effectiveOf(snapshot)} />}
          {config.data === undefined && !config.isError && (
            <Panel title={t('Configuration')} aside={t('reading')} bodyClassName="h-60">
              {null}
            </Panel>
          )}
          {snapshot && (
            <div className="self-start">
              <PendingPanel snapshot={snapshot} />
            </div>
          )}
        </div>
      )}
    </ClusterFrame>
  );
}

function effectiveOf(snapshot: Snapshot | undefined): Readonly<Record<string, number | boolean>> {
  const config = snapshot?.cluster.config;
  if (!config) return {};
  return {
    ttl: config.ttlSeconds,
    loop_wait: config.loopWaitSeconds,
    retry_timeout: config.retryTimeoutSeconds,
    maximum_lag_on_failover: config.maximumLagOnFailoverBytes,
  };
}

function Stored({
  answer,
  effective,
}: {
  answer: ConfigAnswer;
  effective: Readonly<Record<string, number | boolean>>;
}) {
  const lines = configLines(answer.value, effective);
  const from =
    answer.by === 'dcs'
      ? answer.revision === null
        ? t('/config in the DCS')
        : t('/config in the DCS, revision {revision}', { revision: answer.revision })
      : t('GET /config of one member');
  return (
    <Panel
      title={t('Configuration')}
      count={t('as stored')}
      aside={
        <>
          <span>
            {from}, <Age at={answer.observedAt} staleAfterMs={STALE_AFTER_MS} />
          </span>
          <CopyButton text={() => configText(lines)} label={t('Copy configuration')} />
        </>
      }
    >
      <ol className="overflow-x-auto py-2 font-mono text-12">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: line numbers are the identity of lines
          <ConfigLineRow key={`${index}${line.key}`} line={line} number={index + 1} />
        ))}
      </ol>
    </Panel>
  );
}

export function ConfigLineRow({ line, number }: { line: ConfigLine; number: number }) {
  const tone = line.isDefault ? 'text-f3' : line.kind === 'plain' ? 'text-accent' : 'text-f1';
  return (
    <li
      className={`flex min-h-[22px] items-baseline gap-3 whitespace-pre pr-4 ${line.isDefault ? 'border-l-2 border-dashed border-l2' : ''}`}
    >
      <span className="w-10 shrink-0 select-none text-right text-11 text-f3" aria-hidden="true">
        {number}
      </span>
      <span className="min-w-0 whitespace-pre-wrap break-words" style={{ paddingLeft: line.depth * 18 }}>
        {line.key === null ? (
          <span className="text-f3">- </span>
        ) : (
          <span className={line.isDefault ? 'text-f3' : 'text-f0'}>{line.key}</span>
        )}
        {line.key !== null && <span className="text-f3">: </span>}
        <span className={tone}>{line.value}</span>
        {(line.hint !== null || line.isDefault) && (
          <span className="text-f3">
            {'  # '}
            {[line.hint, line.isDefault ? t('default, not stored') : null].filter(Boolean).join(', ')}
          </span>
        )}
      </span>
    </li>
  );
}
