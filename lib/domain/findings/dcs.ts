// Findings about the DCS itself. It is asked directly: Patroni goes on saying that it was seen for seconds after it died.

import { formatSeconds, joinNames, plural } from '../../language/quantity';
import { agree, say, type Text } from '../../language/sentence';
import { dcsName, worstAlarm } from '../dcs-kind';
import { isQuorumLost, isRefusal } from '../dcs-state';
import { leads } from '../members';
import type { ScopeExcess } from '../raw';
import { type FindingRule, fact } from './rule';

export const DCS_RULES: readonly FindingRule[] = [
  {
    code: 'dcs_no_quorum',
    meaning:
      'Members of the DCS answer, but no write and no read that needs the quorum succeeds: Patroni demotes the primary after the ttl unless failsafe_mode holds it.',
    match: ({ cluster, now }) => {
      const dcs = cluster.dcs;
      if (dcs === null || dcs.quorum !== false) return [];
      const alive = dcs.endpoints.filter((endpoint) => endpoint.state === 'no_quorum');
      if (alive.length === 0 || !isQuorumLost(dcs, now)) return [];
      return [
        {
          severity: 'critical',
          title: say`${dcsName(dcs.kind)} has no quorum: ${alive.length} of ${dcs.endpoints.length} answer`,
          members: [],
          evidence: dcs.endpoints.map((endpoint) =>
            fact(endpoint.name ?? endpoint.url, endpoint.error ?? endpoint.state),
          ),
          since: dcs.currentAt,
          advice: say`Bring the missing members of ${dcsName(dcs.kind)} back before the ttl ends. Change nothing in Patroni meanwhile.`,
        },
      ];
    },
  },
  {
    code: 'dcs_unreachable',
    meaning: 'Howdah cannot read the DCS, so who leads is not known for sure.',
    match: ({ cluster, now }) => {
      const dcs = cluster.dcs;
      if (dcs === null || dcs.state === 'fresh') return [];
      if (dcs.endpoints.every((endpoint) => endpoint.state === 'unknown') && dcs.error === null) return [];
      const age = dcs.currentAt === null ? null : formatSeconds((now - dcs.currentAt) / 1000);
      const claims = cluster.members.filter((member) => !member.silent && member.postgresRole === 'primary');
      const safe = cluster.failsafe.active;
      const refusal = dcs.errorKind != null && isRefusal({ kind: dcs.errorKind });
      return [
        {
          severity: 'unknown',
          title: refusal
            ? say`${dcsName(dcs.kind)} does not let Howdah in: ${dcs.error ?? say`unknown`}`
            : silenceOf(dcsName(dcs.kind), age, safe),
          members: [],
          evidence: [
            ...dcs.endpoints.map((endpoint) => fact(endpoint.name ?? endpoint.url, endpoint.error ?? endpoint.state)),
            fact(
              'Patroni',
              claims.length === 0
                ? say`no member says primary`
                : say`${joinNames(claims.map((member) => member.name))} still ${agree(claims.length, 'says', 'say')} primary`,
            ),
            fact(
              'failsafe_mode',
              cluster.failsafe.enabled === null
                ? say`unknown`
                : cluster.failsafe.enabled
                  ? safe
                    ? say`on, active`
                    : 'on'
                  : 'off',
            ),
          ],
          since: dcs.currentAt,
          advice: refusal
            ? say`Check the user, password or certificate that Howdah has for ${dcsName(dcs.kind)}. Whether the members are let in is not seen from here.`
            : safe
              ? say`failsafe_mode keeps the primary working. Bring ${dcsName(dcs.kind)} back.`
              : say`Without the DCS a primary demotes itself within the ttl. Check ${dcsName(dcs.kind)}, then the network between Howdah and it.`,
        },
      ];
    },
  },
  {
    code: 'dcs_endpoint_down',
    meaning: 'A member of the DCS does not answer while the others keep the quorum.',
    match: (context) => {
      const dcs = context.cluster.dcs;
      if (dcs === null || dcs.quorum !== true) return [];
      // One failed question is a hiccup: the last good answer has to be older than two of them.
      const { now, staleAfterMs } = context;
      const down = dcs.endpoints.filter(
        ({ state, observedAt }) =>
          (state === 'down' || state === 'no_quorum') && (observedAt === null || now - observedAt > staleAfterMs),
      );
      if (down.length === 0) return [];
      const names = down.map((endpoint) => endpoint.name ?? endpoint.url);
      const total = dcs.endpoints.length;
      const spare = total - down.length - (Math.floor(total / 2) + 1);
      return [
        {
          severity: 'warning',
          title: say`${dcsName(dcs.kind)} ${joinNames(names)} ${agree(down.length, 'does', 'do')} not answer`,
          members: [],
          evidence: [
            ...down.map((endpoint) => fact(endpoint.name ?? endpoint.url, endpoint.error ?? endpoint.state)),
            fact(say`quorum`, say`holds; ${plural(Math.max(0, spare), 'more loss', 'more losses')} can be tolerated`),
          ],
          advice:
            spare <= 0
              ? say`Bring it back soon: with one more loss no cluster can keep its leader.`
              : say`Bring it back.`,
        },
      ];
    },
  },
  {
    code: 'dcs_alarm',
    meaning: 'The DCS raised an alarm. Where it is out of space it refuses every write, so every leader key expires.',
    match: ({ cluster: { dcs } }) => {
      const raised = (dcs?.endpoints ?? []).filter((endpoint) => endpoint.alarms.length > 0);
      if (dcs === null || raised.length === 0) return [];
      const name = dcsName(dcs.kind);
      const alarms = [...new Set(raised.flatMap((endpoint) => endpoint.alarms))].sort();
      return [
        {
          severity: 'critical',
          title: say`${name} alarm ${alarms.join(', ')}`,
          members: [],
          evidence: raised.map((endpoint) => fact(endpoint.name ?? endpoint.url, endpoint.alarms.join(', '))),
          advice: worstAlarm(dcs.kind, alarms)?.advice ?? say`Read the log of ${name} on the members that raised it.`,
        },
      ];
    },
  },
  {
    code: 'dcs_too_much',
    meaning:
      'Below the scope stands more than any cluster of Patroni writes: Howdah reads a part of it, so that other clusters do not wait.',
    match: ({ cluster: { dcs, members } }) => {
      if (dcs === null || dcs.excess === null) return [];
      return [
        {
          severity: 'warning',
          title: EXCESS[dcs.excess],
          members: [],
          evidence: [fact(say`read`, plural(members.length, 'member'))],
          advice: say`Find who writes there: Patroni writes one key for each member and a dozen others. Nothing is known here of what was left out.`,
        },
      ];
    },
  },
  {
    code: 'dcs_session_limit',
    meaning:
      'The DCS ends sessions sooner than the ttl says: a leader key is free before its holder has given up on it.',
    match: ({ cluster: { dcs, config } }) => {
      const limit = dcs?.sessionLimitSeconds ?? null;
      if (dcs === null || limit === null || config === null || config.ttlSeconds <= limit) return [];
      const name = dcsName(dcs.kind);
      return [
        {
          severity: 'warning',
          title: say`${name} cuts the ttl of ${config.ttlSeconds} s to ${limit} s`,
          members: [],
          evidence: [
            fact('DCS', say`the longest session that its servers grant is ${limit} s`),
            fact('Patroni', say`ttl ${config.ttlSeconds} s`),
          ],
          advice: say`Set the ttl to ${limit} s or less, with loop_wait and twice retry_timeout within it, or let the servers of ${name} grant longer sessions.`,
        },
      ];
    },
  },
  {
    code: 'dcs_not_seen',
    meaning:
      'The DCS is there, and the Patroni of a member has not reached it for longer than the ttl: cut off, or its loop hangs.',
    match: ({ cluster }) => {
      const cut = cluster.members.filter(({ silent, dcsUnseenSeconds }) => !silent && dcsUnseenSeconds !== undefined);
      const [first] = cut;
      if (first === undefined) return [];
      const names = cut.map(({ name }) => name);
      const holder = cut.find((member) => leads(member, cluster) && member.postgresRole === 'primary');
      const isHeld = holder?.failsafeActive === true || cluster.paused === true;
      return [
        {
          severity: holder !== undefined && !isHeld ? 'critical' : 'warning',
          title:
            cut.length === 1
              ? say`Patroni of ${first.name} has not seen the DCS for ${formatSeconds(first.dcsUnseenSeconds ?? 0)}`
              : say`Patroni of ${names.length > 3 ? plural(names.length, 'member') : joinNames(names)} has not seen the DCS`,
          members: names,
          evidence: cut.map(({ name, dcsUnseenSeconds }) =>
            fact(name, say`last seen ${formatSeconds(dcsUnseenSeconds ?? 0)} ago`),
          ),
          advice: say`See from its host whether the DCS answers (network, certificate, password), and in Patroni's log whether its loop hangs. Do not stop Patroni meanwhile: that stops PostgreSQL.`,
        },
      ];
    },
  },
  {
    code: 'dcs_rival',
    meaning:
      'The same cluster stands in two places of the DCS, and in both a leader key is kept alive: two leaders that know nothing of each other.',
    match: ({ cluster: { dcs, leader } }) => {
      if (dcs?.rival === undefined || leader?.name === dcs.rival.holder) return [];
      const { holder, place } = dcs.rival;
      return [
        {
          severity: 'critical',
          title: say`${holder} holds a second leader key, in ${place}`,
          members: [holder],
          evidence: [fact(say`leader key`, leader?.name ?? say`nobody`), fact(place, holder)],
          advice: say`Writes may go to both and are lost on one side: keep clients away from one of them now. Then stop Patroni on all members that use the place that is wrong.`,
        },
      ];
    },
  },
];

const EXCESS: Readonly<Record<ScopeExcess, Text>> = {
  members: say`More members stand in the DCS than Howdah reads`,
  keys: say`More keys stand below the scope than Howdah reads`,
  bytes: say`More bytes stand below the scope than Howdah reads`,
};

/** `age` null: it never answered. `isSafe`: failsafe_mode proves who leads. */
function silenceOf(dcs: string, age: Text | null, isSafe: boolean): Text {
  if (age === null)
    return isSafe ? say`${dcs} has never answered` : say`${dcs} has never answered: who leads is not known`;
  return isSafe
    ? say`${dcs} has not answered for ${age}`
    : say`${dcs} has not answered for ${age}: who leads is not known`;
}
