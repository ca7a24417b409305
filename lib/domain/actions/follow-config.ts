// A change of the dynamic configuration (also pause, resume, demote and promote of a standby cluster): written, then taken up
// by each member as far as a member shows it. Patroni's nodes wake on a change of `/config` and apply it in that or the next
// loop (patroni/ha.py v4.1.5). Pure.

import { joinNames } from '../../language/quantity';
import { agree, joined, say, type Text } from '../../language/sentence';
import { isAtLeast } from '../key-version';
import { answers, memberOf } from '../members';
import { isRunning } from '../patroni-states';
import { canonical } from './bound';
import { type End, end, type FollowContext, type Followed, Tally } from './follower';
import { answerText, readAnswer } from './rest-answer';

const WRITTEN_MS = 30_000;
const DEMOTE_MS = 5 * 60_000;

export function followConfig(context: FollowContext): Followed {
  const { snapshot, sent, answer } = context;
  const { cluster } = snapshot;
  const tally = new Tally(context);
  const kind = readAnswer(answer);
  if (kind === 'unsent') return tally.followed(null, end('refused', say`Nothing was sent: ${answerText(answer)}.`));
  if (kind === 'refused') return tally.followed(null, end('refused', say`Patroni refused: ${answerText(answer)}.`));
  if (sent.revision !== null) tally.add('written', say`/config at revision ${sent.revision}`, 'done', sent.at);
  else if (kind === 'accepted')
    tally.add('written', say`Patroni answered ${answer?.status ?? ''}`, 'done', answer?.at ?? sent.at);
  else if (isThere(context)) tally.add('written', say`the configuration shows it`);
  const waited = snapshot.observedAt - sent.at;
  if (!tally.has('written'))
    return tally.followed(
      say`reading the configuration`,
      waited > WRITTEN_MS ? end('unknown', say`Whether it was written is not known: ${answerText(answer)}.`) : null,
    );
  const newest = cluster.config?.revision ?? null;
  const seen = sent.revision === null || isAtLeast(newest, sent.revision);
  if (!seen)
    return tally.followed(
      say`waiting for the new revision`,
      waited > WRITTEN_MS ? end('unknown', say`The new revision was not seen.`) : null,
    );
  // Patroni's /config answers from memory and may show the old value for a while after it took the new one.
  const mayBeOld = sent.revision === null && waited <= WRITTEN_MS;
  if (!isThere(context) && mayBeOld) return tally.followed(say`waiting until the configuration shows it`);
  if (!isThere(context))
    return tally.followed(
      null,
      newest === null
        ? end('done_differently', say`It was written, but the configuration does not show it.`, [
            say`not what was asked for`,
          ])
        : end(
            'done_differently',
            say`It was written and has been changed again since: the configuration is at revision ${newest}.`,
            [say`changed again by somebody else`],
          ),
    );
  const progress = uptake(context);
  const loops = 2000 * (cluster.config?.loopWaitSeconds ?? 10) + 8000;
  const limit = context.stage.kind.endsWith('_cluster') ? DEMOTE_MS : loops;
  if (progress.missing.length === 0) {
    tally.add('taken_up', progress.detail, progress.silent ? 'skipped' : 'done');
    tally.add('verified', newest === null ? say`the configuration shows it` : say`/config at revision ${newest}`);
    return tally.followed(null, done(context, progress));
  }
  if (waited > limit) {
    const text = say`${joinNames(progress.missing)} ${agree(progress.missing.length, 'has', 'have')} not applied it within ${Math.round(limit / 1000)} s`;
    tally.add('taken_up', text, 'failed');
    return tally.followed(null, end('done_differently', say`Written; ${text}.`, [text]));
  }
  return tally.followed(say`waiting for ${joinNames(progress.missing)}`);
}

interface Uptake {
  /** Names, or the one thing that is missing. */
  readonly missing: readonly Text[];
  readonly detail: Text;
  /** Nothing shows it from outside. */
  readonly silent: boolean;
}

function uptake(context: FollowContext): Uptake {
  const { snapshot, stage, extra } = context;
  const { members, leader, standbyCluster } = snapshot.cluster;
  const listed = members.filter((member) => member.listed);
  switch (stage.kind) {
    case 'pause':
    case 'resume': {
      const wanted = stage.kind === 'pause';
      const asked = listed.filter((member) => member.seesPause !== null);
      const missing = asked.filter((member) => member.seesPause !== wanted || !answers(member));
      const names = missing.map((member) => member.name);
      return { missing: names, detail: say`${joinNames(asked.map((member) => member.name))} see it`, silent: false };
    }
    case 'demote_cluster': {
      const head = memberOf(snapshot, leader?.name ?? null);
      const there =
        standbyCluster !== null && leader?.known === true && answers(head) && head.postgresRole === 'replica';
      // The old leader is stopped and started; usually another member takes the key meanwhile.
      const down = listed.filter((member) => !answers(member) || member.state === null || !isRunning(member.state));
      return {
        missing: there ? down.map((member) => member.name) : [leader?.name ?? say`the leader`],
        detail: say`${leader?.name ?? ''} is the standby leader, in recovery`,
        silent: false,
      };
    }
    case 'promote_cluster': {
      const head = memberOf(snapshot, leader?.name ?? null);
      const there = standbyCluster === null && answers(head) && head.postgresRole === 'primary';
      return {
        missing: there ? [] : [leader?.name ?? say`the leader`],
        detail:
          head?.timeline == null
            ? say`${leader?.name ?? ''} is primary, timeline unknown`
            : say`${leader?.name ?? ''} is primary on timeline ${head?.timeline}`,
        silent: false,
      };
    }
    default: {
      if (extra.uptake === 'pending') return { missing: [say`pg_settings of the members`], detail: '', silent: false };
      if (extra.uptake === null)
        return {
          missing: [],
          detail: say`when a member reads these keys cannot be seen from outside; Patroni reads them each loop`,
          silent: true,
        };
      const by = (state: string): string[] =>
        Object.entries(extra.uptake ?? {})
          .filter(([, value]) => value === state)
          .map(([name]) => name)
          .sort();
      const parts = [
        by('taken').length > 0 ? say`applied by ${joinNames(by('taken'))}` : null,
        by('pending_restart').length > 0
          ? say`${joinNames(by('pending_restart'))} ${agree(by('pending_restart').length, 'needs', 'need')} a restart`
          : null,
        by('ignored').length > 0 ? say`no effect on ${joinNames(by('ignored'))}` : null,
        by('unknown').length > 0 ? say`${joinNames(by('unknown'))} could not be asked` : null,
      ].filter((part) => part !== null);
      return { missing: by('waiting'), detail: joined(parts, '; '), silent: false };
    }
  }
}

function done({ stage, snapshot, extra }: FollowContext, { detail, silent }: Uptake): End {
  const revision = snapshot.cluster.config?.revision;
  switch (stage.kind) {
    case 'pause':
      return end('done', say`Paused: ${detail}.`);
    case 'resume':
      return end('done', say`Resumed: ${detail}.`);
    case 'demote_cluster':
      return end('done', say`Demoted: ${detail}.`);
    case 'promote_cluster':
      return end('done', say`Promoted: ${detail}.`);
    default: {
      const ignored = Object.entries(extra.uptake ?? {}).filter(
        ([, value]) => value === 'ignored' || value === 'unknown',
      );
      const differs = ignored.map(([name, value]) =>
        value === 'ignored' ? say`no effect on ${name}` : say`${name} could not be asked`,
      );
      const how = silent ? say`Patroni reads these keys in each loop` : detail;
      const text = revision == null ? say`Saved; ${how}.` : say`Saved at revision ${revision}; ${how}.`;
      return differs.length > 0 ? end('done_differently', text, differs) : end('done', text);
    }
  }
}

/** Does the configuration, as it is read now, hold what was asked for? */
function isThere({ stage, snapshot, request }: FollowContext): boolean {
  const { cluster } = snapshot;
  switch (stage.kind) {
    case 'pause':
      return cluster.paused === true;
    case 'resume':
      return cluster.paused === false;
    case 'demote_cluster':
      return cluster.standbyCluster !== null;
    case 'promote_cluster':
      return cluster.standbyCluster === null;
    default: {
      const wanted = request.kind === 'edit_config' ? request.value : null;
      const now = cluster.config?.value ?? null;
      return wanted !== null && now !== null && canonical(wanted) === canonical(now);
    }
  }
}
