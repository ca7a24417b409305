// Which way a request goes: as one transaction in the DCS, or by Patroni's REST API where Patroni takes it only there or Howdah
// cannot read the DCS. Refuses rather than hopes: REST is no way around a DCS that Patroni itself may have lost. Pure.

import { formatSeconds } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { ActionKind } from '../action-kind';
import type { Cluster, Snapshot } from '../cluster';
import { dcsName } from '../dcs-kind';
import { leaderOf, patroniAnswers } from '../members';
import type { ActionRequest, Way } from './action';
import { REST_ONLY } from './request';

export interface WayChoice {
  /** null: neither can be used now. */
  readonly way: Way | null;
  readonly reason: Text;
}

export function chooseWay(request: ActionRequest, snapshot: Snapshot, now: number): WayChoice {
  const { cluster } = snapshot;
  if (request.kind === 'end_session') return { way: 'sql', reason: say`by SQL, as the role that may end sessions` };
  if (request.kind === 'maintenance')
    return { way: 'howdah', reason: say`nothing is sent: Howdah keeps what was done` };
  if (REST_ONLY.includes(request.kind)) return { way: 'rest', reason: say`Patroni takes this only over REST` };
  if (cluster.dcs?.state === 'fresh') {
    return cluster.dcs.quorum === false
      ? { way: null, reason: say`${dcsName(cluster.dcs.kind)} has no quorum: nothing can be written` }
      : { way: 'dcs', reason: say`one ${dcsName(cluster.dcs.kind)} transaction that compares what you saw` };
  }
  const lost = dcsMayBeDown(cluster, now);
  const name = cluster.dcs === null ? '' : dcsName(cluster.dcs.kind);
  if (lost !== null) return { way: null, reason: say`Howdah cannot read ${name}: ${lost}` };
  const target = restTarget(request.kind, cluster);
  if (target === null) {
    return {
      way: null,
      reason:
        cluster.dcs === null
          ? say`no DCS is configured and no Patroni answers that could take it`
          : say`Howdah cannot read ${name}, and no Patroni answers that could take it`,
    };
  }
  return {
    way: 'rest',
    reason:
      cluster.dcs === null
        ? say`no DCS is configured for this cluster: by the REST API of ${target}, which compares nothing`
        : say`Howdah cannot read ${name}: by the REST API of ${target}, which compares nothing`,
  };
}

/**
 * The DCS that Howdah cannot read: has Patroni lost it too? A primary that is still one after the ttl, not paused and
 * without failsafe_mode at work, proves that it has not. null: no reason to think so.
 */
export function dcsMayBeDown(cluster: Cluster, now: number): Text | null {
  const { dcs } = cluster;
  if (dcs === null || dcs.state === 'fresh') return null;
  if (dcs.quorum === false) return say`it has no quorum`;
  if (cluster.failsafe.active) return say`failsafe_mode is active: Patroni has lost the DCS too`;
  if (dcs.currentAt === null) return null;
  const ttlMs = (cluster.config?.ttlSeconds ?? 30) * 1000;
  const age = now - dcs.currentAt;
  const holds = cluster.members.some((member) => member.postgresRole === 'primary' && patroniAnswers(member));
  if (cluster.paused === true) return say`while paused nothing shows whether Patroni reaches it`;
  if (!holds) return say`nobody is primary, as when Patroni has lost it too`;
  return age > ttlMs
    ? null
    : say`Patroni may have lost it too, which shows within the ttl of ${formatSeconds(ttlMs / 1000)}`;
}

/** Whose API takes it: the leader's for a switchover, any member's else. */
function restTarget(kind: ActionKind, cluster: Cluster): string | null {
  const leader = leaderOf(cluster);
  if (leader !== null && patroniAnswers(leader)) return leader.name;
  if (kind === 'switchover' || kind === 'demote_cluster' || kind === 'promote_cluster') return null;
  return cluster.members.find((member) => member.listed && patroniAnswers(member))?.name ?? null;
}
