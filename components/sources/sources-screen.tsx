'use client';
import { mayNot, useMeQuery } from '@/lib/client/access/me';
import { useSources } from '@/lib/client/sources/sources';
import { t, wire } from '@/lib/client/words/text';
import { PanelState } from '../access/panel-states';
import { TitleScreen } from '../shell/title-screen';
import { Icon } from '../ui/icon';
import { AddPanels } from './add-panels';
import { SourcesPanel } from './sources-panel';

/** Where the clusters are: one more is tried and added, and those that there are. */
export function SourcesScreen() {
  const me = useMeQuery();
  const asked = useSources();
  const why = mayNot(me.data, 'manage_sources', null);
  const refused = asked.data?.refused ?? null;
  return (
    <TitleScreen title={t('Sources')}>
      {me.data === undefined ? (
        <PanelState asked={me}>{null}</PanelState>
      ) : why !== null ? (
        <Locked text={why} />
      ) : (
        <div className="grid min-w-0 gap-3">
          <p className="-mt-2 text-f2">
            {t('Howdah only reads until you save, and writes nothing to a DCS or a database by adding.')}
          </p>
          {refused === null ? <AddPanels /> : <Locked text={wire(refused)} />}
          <SourcesPanel asked={asked} />
        </div>
      )}
    </TitleScreen>
  );
}

function Locked({ text }: { text: string }) {
  return (
    <p className="flex items-start gap-2 rounded-panel border border-l1 bg-bg1 px-3.5 py-3 text-f1">
      <Icon name="lock" className="mt-0.5 text-f2" />
      <span className="min-w-0 break-words">{text}</span>
    </p>
  );
}
