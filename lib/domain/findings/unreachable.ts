// A member of which neither Patroni nor PostgreSQL answers, or Patroni alone does not: what is known of it, and what to do first.

import { formatSeconds } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { Member, WitnessState } from '../cluster';
import { isKeyOfNobody, leaderOf } from '../members';
import { type FindingContext, fact, type Match } from './rule';

export function unreachable(member: Member, { cluster, now, staleAfterMs }: FindingContext): Match[] {
  const { patroni, sql } = member.witnesses;
  const answered = patroni.observedAt;
  const facts = [
    fact('Patroni', patroni.error ?? say`answers`),
    fact('PostgreSQL', sql.state === null ? say`not asked: no SQL role` : (sql.error ?? say`answers`)),
    ...(member.listed ? [] : [fact('DCS', say`no member key`)]),
    ...(isKeyOfNobody(member) ? [fact('DCS', say`the member key has no lease`)] : []),
  ];
  if (member.silent) {
    if (patroni.state !== 'failed' && sql.state !== 'failed') return [];
    const seconds = member.observedAt === null ? null : (now - member.observedAt) / 1000;
    const leads = leaderOf(cluster)?.name === member.name;
    // Whoever streams would still receive from a leader that only Howdah does not reach.
    const alone =
      leads &&
      cluster.leader?.known === true &&
      cluster.standbyCluster === null &&
      cluster.members.some((other) => !other.silent) &&
      cluster.members.every((other) => other.silent || other.replication.kind === 'not_streaming');
    return [
      {
        severity: alone ? 'critical' : member.listed || leads ? 'unknown' : 'warning',
        title: isAnswered(patroni.errorKind)
          ? leads
            ? say`${member.name} cannot be seen, and it holds the leader key: its address ${patroni.error ?? ''}`
            : say`${member.name} cannot be seen: its address ${patroni.error ?? ''}`
          : silenceOf(member.name, seconds === null ? null : formatSeconds(seconds), leads),
        members: [member.name],
        evidence: facts,
        since: member.observedAt,
        advice:
          adviceFor(patroni.errorKind, member.name) ??
          (isKeyOfNobody(member)
            ? say`No Patroni writes a key without a lease. Make sure that none runs as ${member.name}, then delete the key: by itself it does not go.`
            : leads
              ? say`Ask a client whether writes work. If Patroni is dead there, the key expires after the ttl and a standby takes over.`
              : say`Check the host and network of ${member.name}. Everything shown of it is old.`),
      },
    ];
  }
  const overdue =
    answered === null ||
    now - answered > staleAfterMs ||
    patroni.errorKind === 'refused' ||
    patroni.errorKind === 'closed';
  if (patroni.state !== 'failed' || !overdue) return [];
  return [
    {
      severity: 'warning',
      title: say`Patroni on ${member.name} does not answer; PostgreSQL does`,
      members: [member.name],
      evidence: facts,
      since: answered,
      advice:
        adviceFor(patroni.errorKind, member.name) ??
        say`Nobody manages PostgreSQL on ${member.name} now. Look at Patroni there: frozen, dead, or its REST API full.`,
    },
  ];
}

/** Something answers, only not as it should: then the host is up, and the cure is another. null: nothing answers. */
function adviceFor(kind: WitnessState['errorKind'], name: string): Text | null {
  switch (kind) {
    case 'auth':
      return say`Something stands before Patroni of ${name} and asks for a password: Patroni itself lets everybody read. Let Howdah reach the REST API without it.`;
    case 'denied':
      return say`Something stands before Patroni of ${name} and lets Howdah not in: allow its address there.`;
    case 'http':
    case 'malformed':
      return say`What answers is not Patroni: look at the proxy, or whether the api_url of ${name} is right. ${name} itself may be well.`;
    case 'tls':
      return say`Repair the certificate of ${name}, or give Howdah the authority that signed it (tls.ca). ${name} itself may be well.`;
    default:
      return null;
  }
}

function isAnswered(kind: WitnessState['errorKind']): boolean {
  return kind === 'http' || kind === 'malformed' || kind === 'auth' || kind === 'denied';
}

function silenceOf(name: string, age: Text | null, leads: boolean): Text {
  if (age === null) return leads ? say`${name} does not answer: it holds the leader key` : say`${name} does not answer`;
  return leads
    ? say`${name} has not answered for ${age}: it holds the leader key`
    : say`${name} has not answered for ${age}`;
}
