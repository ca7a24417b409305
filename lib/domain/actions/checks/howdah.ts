// Checks about Howdah itself and the request: may it act, can it record, is what it shows fresh, does the request make sense.

import { formatSeconds } from '../../../language/quantity';
import { say } from '../../../language/sentence';
import { dcsName } from '../../dcs-kind';
import { REST_ONLY, validateRequest } from '../request';
import { blocker, type CheckRow, fact, note, passed, warning } from './check';

export const HOWDAH_CHECKS: readonly CheckRow[] = [
  {
    code: 'request_invalid',
    applies: null,
    match: ({ request, snapshot, now }) => {
      const problem = validateRequest(request, snapshot, now);
      return problem === null ? null : blocker(problem, say`The request cannot be sent like this.`);
    },
  },
  {
    code: 'read_only',
    applies: null,
    match: ({ facts }) =>
      facts?.readOnly === true
        ? blocker(
            say`This Howdah only watches`,
            say`Its configuration forbids every action: change readOnly, or act from another.`,
          )
        : null,
  },
  {
    code: 'journal',
    applies: null,
    match: ({ facts }) => {
      if (facts === null) return null;
      if (facts.journalProblem === null) return passed(say`the journal can be written`);
      return blocker(say`The audit journal cannot be written`, say`Nothing is sent that cannot be recorded first.`, {
        evidence: [fact(say`journal`, facts.journalProblem)],
      });
    },
  },
  {
    code: 'other_action',
    applies: null,
    match: ({ facts, snapshot, now }) => {
      if (facts === null) return null;
      const { running } = facts;
      if (running === null) return passed(say`no other action`);
      const what = running.kind.replaceAll('_', ' ');
      return blocker(
        say`Another action runs on ${snapshot.scope}: ${what} by ${running.actor}`,
        say`One action at a time: wait until that one has ended.`,
        {
          evidence: [
            fact(running.id, say`requested ${formatSeconds(Math.max(0, now - running.requestedAt) / 1000)} ago`),
          ],
        },
      );
    },
  },
  {
    code: 'dcs_changes',
    applies: null,
    match: ({ facts }) =>
      facts?.dcsChange === undefined
        ? null
        : blocker(
            say`The DCS of this cluster is being changed: ${facts.dcsChange}`,
            say`Patroni needs the DCS for every step. Wait until the change has ended.`,
          ),
  },
  {
    code: 'not_asked',
    applies: null,
    match: ({ facts }) =>
      facts === null
        ? note(
            say`Not asked yet: what the leader is doing, whether another action runs, whether the journal can be written`,
            say`Howdah asks its server and the leader before anything can be sent.`,
          )
        : null,
  },
  {
    code: 'observation_old',
    applies: null,
    match: ({ snapshot, now }) => {
      const age = now - snapshot.observedAt;
      return age > snapshot.staleAfterMs
        ? blocker(
            say`What is shown is ${formatSeconds(age / 1000)} old`,
            say`Decide on what is, not on what was: wait until the data is live again.`,
            { evidence: [fact(say`limit`, formatSeconds(snapshot.staleAfterMs / 1000))] },
          )
        : null;
    },
  },
  {
    code: 'way',
    applies: null,
    // What hinders it where a DCS is configured is said by the rows about the DCS.
    match: ({ way, cluster }) =>
      way.way === null && cluster.dcs === null
        ? blocker(
            say`It cannot be sent: ${way.reason}`,
            say`Nothing is sent while it cannot be known whether it arrives.`,
          )
        : null,
  },
  {
    code: 'rest_user',
    applies: null,
    match: ({ way, facts, request }) =>
      facts !== null && way.way === 'rest' && !facts.restUser
        ? note(
            say`No user for Patroni's REST API is configured`,
            REST_ONLY.includes(request.kind)
              ? say`Patroni takes this only over REST; an API that asks for a user refuses it, and nothing changes.`
              : say`An API that asks for a user refuses it, and nothing changes.`,
          )
        : null,
  },
  {
    code: 'rest_compares_nothing',
    applies: ['switchover', 'failover', 'pause', 'resume', 'edit_config', 'demote_cluster', 'promote_cluster'],
    match: ({ way, cluster }) =>
      way.way === 'rest'
        ? warning(
            cluster.dcs === null
              ? say`No DCS is configured: it goes over REST`
              : say`Howdah cannot read ${dcsName(cluster.dcs.kind)}: it goes over REST`,
            say`This way Patroni compares nothing: a change that somebody else makes meanwhile goes unnoticed.`,
            { evidence: cluster.dcs?.error ? [fact(dcsName(cluster.dcs.kind), cluster.dcs.error)] : [] },
          )
        : null,
  },
];
