// Findings about what was asked of Patroni and waits in `/failover`. Mirrors should_run_scheduled_action of patroni/ha.py v4.1.5: a time more
// than one and a half loops ago is stale and is dropped, one without a zone is dropped, nothing is looked at while paused.

import { formatInstant, formatSeconds } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { instant } from '../wire/loose';
import { type FindingContext, type FindingRule, fact } from './rule';

export const REQUEST_RULES: readonly FindingRule[] = [
  {
    code: 'scheduled_switchover',
    meaning:
      'A switchover is scheduled in the DCS: for a time to come, for one that is over, or for none that Patroni understands.',
    match: (context) => {
      const { cluster } = context;
      const plan = cluster.scheduledSwitchover;
      if (plan === null) return [];
      return [
        {
          ...judged(plan, context),
          members: [plan.from, plan.to].filter((name): name is string => name !== null),
          evidence: [
            fact('/failover', `scheduled_at ${plan.at}`),
            ...[plan.from, plan.to].flatMap((name) =>
              name === null || cluster.members.some((member) => member.name === name)
                ? []
                : [fact(name, say`is no member`)],
            ),
          ],
        },
      ];
    },
  },
  {
    code: 'switchover_pending',
    meaning:
      'A switchover or failover without a time stands in the DCS: Patroni does it in its next loop or takes it back.',
    match: (context) => {
      const { cluster, now } = context;
      const asked = cluster.pendingSwitchover;
      if (asked === null) return [];
      const members = [asked.from, asked.to].filter((name): name is string => name !== null);
      const seconds = (now - context.sinceOf('switchover_pending', members)) / 1000;
      const limit = 2 * (cluster.config?.loopWaitSeconds ?? 10) + 30;
      const isLong = seconds > limit;
      const refused = context.readiness.candidates.find(
        ({ member, eligible }) => member === asked.to && eligible === false,
      );
      const why = refused?.reasons[0]?.text ?? null;
      // ha.py v3.0.2 and v4.1.5, manual_failover_process_no_leader: one that is not well is passed over, but for members out of /sync.
      const isPassed = refused?.patroniWouldElect === false && cluster.synchronousMode !== 'on';
      const what =
        asked.from === null
          ? say`A failover to ${asked.to ?? say`whom Patroni chooses`}`
          : asked.to === null
            ? say`A switchover from ${asked.from}`
            : say`A switchover from ${asked.from} to ${asked.to}`;
      return [
        {
          severity: isLong ? 'warning' : 'note',
          title: isLong
            ? say`${what} has been asked for ${formatSeconds(seconds)} ago and not done`
            : say`${what} is asked for`,
          members,
          evidence: [
            fact('/failover', say`stands without a time`),
            ...members.flatMap((name) =>
              cluster.members.some((member) => member.name === name) ? [] : [fact(name, say`is no member`)],
            ),
            ...(asked.from !== null && cluster.leader?.known === true && cluster.leader.name !== asked.from
              ? [fact(asked.from, say`does not lead: Patroni drops the request`)]
              : []),
          ],
          advice: isLong
            ? cluster.leader === null
              ? isPassed
                ? say`Patroni passes over ${asked.to ?? ''}, which may not take over: ${why ?? ''}. Write {} to /failover to take the request back.`
                : say`It binds the election: only ${asked.to ?? say`whom it names`} may take the key. If that cannot be, write {} to /failover.`
              : why !== null
                ? say`${asked.to ?? ''} may not take over: ${why}. Write {} to /failover to take the request back.`
                : say`Patroni of ${cluster.leader.name} has not taken it up: see its log. Write {} to /failover to take it back; \`patronictl flush\` takes back only what has a time.`
            : say`Wait: Patroni does it in its next loop, or takes it back and says why in the log of the leader.`,
        },
      ];
    },
  },
];

type Plan = NonNullable<FindingContext['cluster']['scheduledSwitchover']>;

function judged(plan: Plan, { cluster, now }: FindingContext) {
  const cancel = say`\`patronictl flush CLUSTER switchover\` cancels it.`;
  const at = instant(plan.at);
  if (at === null && !/\d/.test(plan.at))
    return {
      severity: 'critical' as const,
      title: say`The time of the scheduled switchover cannot be read: ${plan.at}`,
      advice: say`Write {} to /failover at once: Patroni fails to read the whole cluster on it, and the primary demotes itself.`,
    };
  if (at === null)
    return {
      severity: 'warning' as const,
      title: say`${planWords(plan, plan.at)} has no time zone`,
      advice: say`Patroni drops a time without a zone when it looks at it. ${cancel} Schedule it again with an offset, such as +00:00.`,
    };
  const loopMs = (cluster.config?.loopWaitSeconds ?? 10) * 1000;
  const lateMs = now - at;
  if (lateMs > 1.5 * loopMs)
    return {
      severity: 'warning' as const,
      title: say`${planWords(plan, formatInstant(plan.at))} was due ${formatSeconds(lateMs / 1000)} ago and still stands`,
      advice:
        cluster.paused === true
          ? say`While paused Patroni leaves it alone, and drops it at resume: it does not take place any more. ${cancel}`
          : say`It does not take place any more: Patroni drops what is that late in its next loop. It still stands, so see whether the Patroni of the leader works. ${cancel}`,
    };
  return {
    severity: 'note' as const,
    title: planWords(plan, formatInstant(plan.at)),
    advice: say`It is dropped if the cluster is paused then. \`patronictl flush CLUSTER switchover\` cancels it.`,
  };
}

function planWords({ from, to }: Plan, at: string): Text {
  if (from) return to ? say`Switchover from ${from} to ${to} at ${at}` : say`Switchover from ${from} at ${at}`;
  return to ? say`Switchover to ${to} at ${at}` : say`Switchover at ${at}`;
}
