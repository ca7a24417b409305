// Findings about the machines of members: disks that are full or soon will be, memory that ran out, figures that do not come. Each is
// judged only while its figures are young.
import { formatBytes, formatRate, formatSeconds } from '../../language/quantity';
import { say } from '../../language/sentence';
import type { Member } from '../cluster';
import type { Disk, HostState } from '../hosts/host';
import { type FindingContext, type FindingRule, fact, type Match } from './rule';

const YOUNG_MS = 2 * 60_000;
const FULL_SHARE = 0.95;
/** PostgreSQL stops where a WAL file no longer fits. */
const OVER_BYTES = 256 * 1024 ** 2;
const SOON_SECONDS = 6 * 3600;
const OOM_MS = 3_600_000;

function eachHost(
  context: FindingContext,
  match: (machine: HostState, member: Member) => readonly Match[],
): readonly Match[] {
  return context.cluster.members.flatMap((member) => {
    const { machine } = member;
    const isYoung = machine?.observedAt != null && context.now - machine.observedAt <= YOUNG_MS;
    return machine !== undefined && isYoung && member.listed ? match(machine, member) : [];
  });
}

const used = ({ sizeBytes, availableBytes }: Disk): number => 1 - availableBytes / sizeBytes;
const isFull = (disk: Disk): boolean =>
  !disk.readOnly && (used(disk) >= FULL_SHARE || disk.availableBytes < OVER_BYTES);

function diskFacts(disk: Disk) {
  const { mount, device, sizeBytes, availableBytes, fillBytesPerSecond } = disk;
  return [
    fact(mount, say`${formatBytes(availableBytes)} of ${formatBytes(sizeBytes)} are free`),
    fact(say`device`, device),
    ...(fillBytesPerSecond === null || fillBytesPerSecond <= 0
      ? []
      : [fact(say`fills by`, formatRate(fillBytesPerSecond))]),
  ];
}

export const HOST_RULES: readonly FindingRule[] = [
  {
    code: 'disk_full',
    meaning: 'A disk of a member is full, or nearly.',
    match: (context) =>
      eachHost(context, ({ disks }, member) =>
        disks.filter(isFull).map((disk) => ({
          severity: disk.availableBytes < OVER_BYTES ? ('critical' as const) : ('warning' as const),
          title: say`The disk ${disk.mount} of ${member.name} is at ${Math.floor(used(disk) * 100)} %`,
          members: [member.name],
          evidence: diskFacts(disk),
          advice: say`Find out what fills it before anything is deleted: never a file of pg_wal. A slot that nobody reads, an archive that fails, and logs are the usual ones.`,
        })),
      ),
  },
  {
    code: 'disk_filling',
    meaning: 'A disk of a member will be full within hours, at the rate of the last minutes.',
    match: (context) =>
      eachHost(context, ({ disks }, member) =>
        disks
          .filter((disk) => !isFull(disk) && disk.fullInSeconds !== null && disk.fullInSeconds <= SOON_SECONDS)
          .map((disk) => ({
            severity: 'warning' as const,
            title: say`The disk ${disk.mount} of ${member.name} is full in ${formatSeconds(disk.fullInSeconds ?? 0)}`,
            members: [member.name],
            evidence: diskFacts(disk),
            advice: say`Find out what fills it: slots and the archive are on the page of ${member.name}. Make room before it is full, for PostgreSQL stops then.`,
          })),
      ),
  },
  {
    code: 'host_out_of_memory',
    meaning: 'The kernel killed a process for want of memory within the last hour.',
    match: (context) =>
      eachHost(context, ({ oomAt, memoryBytes, counters }, member) =>
        oomAt === null || context.now - oomAt > OOM_MS
          ? []
          : [
              {
                severity: 'warning' as const,
                title: say`The kernel of ${member.name} killed a process for want of memory`,
                members: [member.name],
                evidence: [
                  fact(say`killed so far`, String(counters.oomKills ?? '')),
                  ...(memoryBytes === null ? [] : [fact(say`memory`, formatBytes(memoryBytes))]),
                ],
                advice: say`See in the kernel log of ${member.name} which. Where it was PostgreSQL, it has restarted: look at work_mem, connections, and vm.overcommit_memory.`,
              },
            ],
      ),
  },
  {
    code: 'host_unseen',
    meaning: 'The figures of a machine do not come, though they are asked for.',
    match: ({ cluster, now }) =>
      cluster.members.flatMap((member): Match[] => {
        const { machine } = member;
        if (machine === undefined || machine.error === null || !member.listed || member.silent) return [];
        if (machine.observedAt !== null && now - machine.observedAt <= YOUNG_MS) return [];
        return [
          {
            severity: 'note',
            title: say`The machine of ${member.name} is not seen`,
            members: [member.name],
            evidence: [fact(say`node_exporter`, machine.error)],
            advice: say`See whether node_exporter runs on ${member.name} and lets Howdah ask. Until then nothing is known of its disks.`,
          },
        ];
      }),
  },
];
