// All receivers of a configuration.

import path from 'node:path';
import { say, type Text } from '../../../language/sentence';
import { saidBy } from '../../../language/spoken-error';
import type { HowdahConfig } from '../../config/config';
import type { ReceiverSettings } from '../../config/receiver-settings';
import { alertmanagerReceiver } from './alertmanager';
import { mattermostReceiver } from './mattermost';
import { opsgenieReceiver } from './opsgenie';
import { pagerDutyReceiver } from './pagerduty';
import type { Receiver } from './receiver';
import { slackReceiver } from './slack';
import { smtpReceiver } from './smtp';
import { teamsReceiver } from './teams';
import { telegramReceiver } from './telegram';
import { webhookReceiver } from './webhook';
import { type Subscribed, type VapidKeys, vapidKeys, webPushReceiver } from './webpush';

export interface Opened {
  readonly receivers: readonly Receiver[];
  /** null: no web push receiver. */
  readonly vapid: VapidKeys | null;
  /** Receivers that cannot be had, with why. */
  readonly problems: readonly Text[];
}

export function openReceivers(
  config: Pick<HowdahConfig, 'receivers' | 'dataDir'>,
  devices: () => readonly Subscribed[],
  now: () => number,
): Opened {
  let vapid: VapidKeys | null = null;
  const problems: Text[] = [];
  const open = (settings: ReceiverSettings): readonly Receiver[] => {
    switch (settings.kind) {
      case 'alertmanager':
        return [alertmanagerReceiver(settings, now)];
      case 'webhook':
        return [webhookReceiver(settings, now)];
      case 'slack':
        return [slackReceiver(settings)];
      case 'telegram':
        return [telegramReceiver(settings)];
      case 'mattermost':
        return [mattermostReceiver(settings)];
      case 'teams':
        return [teamsReceiver(settings)];
      case 'pagerduty':
        return [pagerDutyReceiver(settings)];
      case 'opsgenie':
        return [opsgenieReceiver(settings)];
      case 'smtp':
        return [smtpReceiver(settings)];
      case 'webpush':
        try {
          vapid = vapidKeys(settings.keyFile ?? path.join(config.dataDir, 'vapid.json'));
          return [webPushReceiver(settings, vapid, devices)];
        } catch (error) {
          problems.push(say`${settings.name}: ${saidBy(error)}`);
          return [];
        }
    }
  };
  const receivers = config.receivers.flatMap(open);
  return { receivers, vapid, problems };
}
