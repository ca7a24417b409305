// Causes of WAL that piles up: it is not archived, or a slot that nobody reads keeps it.

import { say } from '../../language/sentence';
import { type CauseRow, goesOn, literal, memberOf, scopeWord, tell, word } from './row';

export const WAL_ROWS: readonly CauseRow[] = [
  {
    code: 'archive_failing',
    meaning: 'archive_command fails: WAL piles up on the primary until its disk is full.',
    match: (context) => {
      const [finding] = context.find('archiving_failing');
      const [name] = finding?.members ?? [];
      if (finding === undefined || name === undefined) return null;
      return {
        severity: 'warning',
        impact: 'data_at_risk',
        headline: say`Archiving fails on ${name}: WAL piles up`,
        consequence: say`Writes go on until the disk is full. No backup can be restored to a moment after the last archived file.`,
        evidence: finding.evidence,
        ifNobodyActs: say`The disk of ${name} fills up, and PostgreSQL stops.`,
        explains: [{ codes: ['archiving_failing'], members: null }],
        steps: [
          tell(say`Run archive_command by hand on ${name} and see what it says`, 'SHOW archive_command', [
            goesOn(context),
          ]),
          tell(say`See how much room is left`, 'df -h PGDATA/pg_wal', [goesOn(context)]),
        ],
      };
    },
  },
  {
    code: 'slot_retains',
    meaning: 'A slot that nobody reads keeps WAL until the disk is full or the slot is lost.',
    match: (context) => {
      // What a member's slot has lost is that member's trouble, unless it streams all the same: nothing piles up for it any more.
      const streams = (name: string): boolean => memberOf(context.cluster, name)?.replication.kind === 'streaming';
      const finding = context.find('slot_retains_wal').find(({ severity, members, evidence }) => {
        const slot = memberOf(context.cluster, members[0])?.slots?.find(
          ({ name }) => name === String(evidence[0]?.label),
        );
        return severity === 'warning' && !(slot?.walStatus === 'lost' && slot.member !== null && !streams(slot.member));
      });
      const [name] = finding?.members ?? [];
      const label = finding?.evidence[0]?.label;
      if (finding === undefined || name === undefined || label === undefined) return null;
      const slot = memberOf(context.cluster, name)?.slots?.find((one) => one.name === String(label));
      const lost = slot?.walStatus === 'lost';
      if (lost && slot?.member != null)
        return {
          severity: 'warning',
          impact: 'degraded',
          headline: finding.title,
          consequence: say`Writes go on, and ${slot.member} streams. What it misses while it is away is not kept for it.`,
          evidence: finding.evidence,
          ifNobodyActs: say`It stays so: Patroni makes no lost slot anew.`,
          explains: [{ codes: ['slot_retains_wal'], members: [name] }],
          steps: [
            tell(
              say`Drop the lost slot on ${name}; Patroni creates it in its next loop`,
              `SELECT pg_drop_replication_slot(${literal(String(label))})`,
              [goesOn(context)],
            ),
          ],
        };
      return {
        severity: 'warning',
        impact: 'data_at_risk',
        headline: finding.title,
        consequence: lost
          ? say`Writes go on. Who reads the slot must begin anew.`
          : slot?.walStatus === 'unreserved'
            ? say`Writes go on. The next checkpoint removes WAL that ${slot.member ?? say`its consumer`} has not read.`
            : say`Writes go on until the disk of ${name} is full.`,
        evidence: finding.evidence,
        ifNobodyActs: lost
          ? say`Its consumer never catches up.`
          : slot?.walStatus === 'unreserved'
            ? say`The slot is lost, and whoever reads it must begin anew or read the archive.`
            : slot?.keeper === 'member_slots_ttl'
              ? say`It grows with every write until Patroni drops it, member_slots_ttl after its member left.`
              : say`It grows with every write.`,
        explains: [
          { codes: ['slot_retains_wal'], members: null },
          // Who should read it is away.
          {
            codes: ['member_unreachable', 'member_not_running', 'member_lost', 'stale_member_key'],
            members: slot?.member == null ? [] : [slot.member],
          },
        ],
        steps: [
          tell(
            (slot?.member != null && name !== context.led) || slot?.keeper === 'member_slots_ttl'
              ? finding.advice
              : slot?.member == null
                ? say`Start the consumer of ${label}`
                : say`Bring ${slot.member} back, so that it reads its slot`,
            null,
            [goesOn(context)],
          ),
          ...(slot?.keeper === 'config'
            ? [
                tell(
                  say`Or take it out of slots in the configuration, if nobody needs it: dropped by hand alone Patroni makes it anew`,
                  `patronictl edit-config ${scopeWord(context.snapshot)} -s slots.${word(String(label))}=null`,
                  [say`Its consumer must begin anew.`],
                ),
              ]
            : slot?.member == null && slot?.keeper === undefined
              ? [
                  tell(
                    say`Or drop the slot, if nobody needs it`,
                    `SELECT pg_drop_replication_slot(${literal(String(label))})`,
                    [say`Its consumer must begin anew.`],
                  ),
                ]
              : []),
        ],
      };
    },
  },
];
