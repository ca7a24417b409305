// Checks of what is done at a desk alone: an edit of the configuration, a standby cluster's demote and promote, the end of a session. No phone
// offers them and no step asks for them, so the card does without. What an edit contains is judged in config-content.ts.

import { joinNames } from '../../../language/quantity';
import { agree, say, type Text } from '../../../language/sentence';
import type { Settings } from '../../config/guc';
import { canonical, digestOf } from '../bound';
import { graveKeys } from '../request';
import { blocker, type CheckRow, fact, passed, warning } from './check';
import { configContent } from './config-content';
import { MAINTENANCE_CHECKS } from './maintenance';
import { since41 } from './reinitialize';
import { SESSION_CHECKS } from './session';

const STANDBY = ['demote_cluster', 'promote_cluster'] as const;

/** `settings` as of configContent. */
export const deskChecks = (settings: Settings | null): readonly CheckRow[] => [
  ...EDIT_CHECKS,
  ...STANDBY_CHECKS,
  ...SESSION_CHECKS,
  ...MAINTENANCE_CHECKS,
  ...configContent(settings),
];

const EDIT_CHECKS: readonly CheckRow[] = [
  {
    code: 'config_revision',
    applies: ['edit_config'],
    match: ({ request, cluster }) => {
      if (request.kind !== 'edit_config' || cluster.config === null) return null;
      const { revision } = cluster.config;
      const same = request.baseDigest === digestOf(cluster.config.value);
      if (revision === null ? same : request.baseRevision === revision)
        return passed(revision === null ? say`configuration as it was read` : say`configuration still at ${revision}`);
      const words = (value: string | null): Text => (value === null ? say`read over REST` : say`revision ${value}`);
      return blocker(
        say`The configuration changed since the edit began`,
        say`Compare the two and merge, or the other change is lost.`,
        { evidence: [fact(say`edited`, words(request.baseRevision)), fact(say`now`, words(revision))] },
      );
    },
  },
  {
    code: 'config_unchanged',
    applies: ['edit_config'],
    match: ({ request, cluster }) => {
      if (request.kind !== 'edit_config' || cluster.config === null) return null;
      return canonical(request.value) === canonical(cluster.config.value)
        ? blocker(say`Nothing is changed`, say`The text says what the configuration already says.`)
        : null;
    },
  },
  {
    code: 'config_grave',
    applies: ['edit_config'],
    match: ({ request, cluster }) => {
      if (request.kind !== 'edit_config') return null;
      const keys = graveKeys(request, cluster.config?.value ?? null);
      return keys.length === 0
        ? null
        : warning(
            keys.length === 1 ? say`${joinNames(keys)} changes` : say`${joinNames(keys)} change`,
            say`Decides who leads, what is confirmed or which WAL is kept, or asks for a restart of every member.`,
          );
    },
  },
];

const STANDBY_CHECKS: readonly CheckRow[] = [
  {
    code: 'standby_versions',
    applies: STANDBY,
    match: ({ listed }) => {
      const old = listed.filter(({ patroniVersion }) => !since41(patroniVersion));
      return old.length === 0
        ? null
        : blocker(
            say`${joinNames(old.map(({ name }) => name))} ${agree(old.length, 'does', 'do')} not run Patroni 4.1`,
            say`Earlier versions do not demote a cluster cleanly: WAL would be lost.`,
            {
              members: old.map(({ name }) => name),
              evidence: old.map(({ name, patroniVersion }) =>
                fact(name, say`Patroni ${patroniVersion ?? say`of unknown version`}`),
              ),
            },
          );
    },
  },
  {
    code: 'standby_citus',
    applies: STANDBY,
    match: ({ cluster }) =>
      cluster.config !== null && Object.hasOwn(cluster.config.value, 'citus')
        ? blocker(say`This is a Citus cluster`, say`Patroni does not support it for Citus.`)
        : null,
  },
  {
    code: 'standby_state',
    applies: STANDBY,
    match: ({ request, cluster, snapshot }) => {
      const isStandby = cluster.standbyCluster !== null;
      if (request.kind === 'demote_cluster') {
        return isStandby
          ? blocker(say`${snapshot.scope} is already a standby cluster`, say`There is nothing to do.`)
          : null;
      }
      return isStandby
        ? null
        : blocker(say`${snapshot.scope} is not a standby cluster`, say`There is nothing to promote.`);
    },
  },
  {
    code: 'demote_means',
    applies: ['demote_cluster'],
    match: ({ cluster, leader }) =>
      cluster.standbyCluster === null
        ? warning(
            say`The cluster stops accepting writes, for good`,
            say`${leader?.name ?? say`The leader`} becomes a standby leader. Only a promote lets it write again.`,
          )
        : null,
  },
  {
    code: 'promote_means',
    applies: ['promote_cluster'],
    match: ({ cluster }) =>
      cluster.standbyCluster === null
        ? null
        : warning(
            say`Two clusters accept writes afterwards, unless the source has stopped`,
            say`Howdah cannot see whether ${cluster.standbyCluster.host ?? say`the source`} still does. Demote it first.`,
          ),
  },
];
