'use client';
import { mayNot, useMeQuery } from '@/lib/client/access/me';
import { t } from '@/lib/client/words/text';
import { TitleScreen } from '../shell/title-screen';
import { Icon } from '../ui/icon';
import { AccessLogPanel } from './access-log-panel';
import { PanelState } from './panel-states';
import { PoliciesPanel } from './policies-panel';
import { TokensPanel } from './tokens-panel';
import { UsersPanel } from './users-panel';
import { WallsPanel } from './walls-panel';

/** Who has access, and what happened at the door. */
export function AccessScreen() {
  const asked = useMeQuery();
  const me = asked.data;
  const why = mayNot(me, 'see_access', null);
  return (
    <TitleScreen title={t('Access')}>
      {me === undefined ? (
        <PanelState asked={asked}>{null}</PanelState>
      ) : why !== null ? (
        <p className="flex items-start gap-2 rounded-panel border border-l1 bg-bg1 px-3.5 py-3 text-f1">
          <Icon name="lock" className="mt-0.5 text-f2" />
          <span className="min-w-0 break-words">{why}</span>
        </p>
      ) : (
        <div className="grid grid-cols-1 items-start gap-3 xl:grid-cols-2">
          <div className="grid min-w-0 gap-3">
            <UsersPanel me={me} />
            <TokensPanel owner={null} />
          </div>
          <div className="grid min-w-0 gap-3">
            <WallsPanel />
            <PoliciesPanel policies={me.policies} />
            <AccessLogPanel />
          </div>
        </div>
      )}
    </TitleScreen>
  );
}
