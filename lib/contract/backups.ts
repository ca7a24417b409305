// Backups on the wire. With zod: the browser imports types.
import { z } from 'zod';
import { BACKUP_TOOLS, type Backup, type BackupState } from '../domain/backups/backup';
import type { RestorePlan } from '../domain/backups/plan';
import type { BaseBackup } from '../domain/cluster';
import { bytes, count, instant, knownInstant, name } from './scalar';
import { shape, spoken } from './spoken';
import type { Proved, Same, Wire } from './wire';

const kind = z.enum(['full', 'differential', 'incremental']);
const tool = z.enum(BACKUP_TOOLS);
const share = count.describe('from 0 to 1; null is unknown');

export const baseBackup = shape({
  application: name,
  phase: name,
  startedAt: knownInstant,
  totalBytes: bytes,
  doneBytes: bytes,
});

const policy = shape({ fullDays: count, anyHours: count, windowDays: count });
const gap = shape({
  fromAt: instant,
  toAt: knownInstant.describe('the end of the next good backup; null: there is none yet'),
  firstWal: z.string(),
  count: z.number().describe('WAL files that are missing'),
});
const namedBackup = shape({
  tool,
  name: z.string(),
  label: z.string(),
  kind,
  startedAt: knownInstant,
  endedAt: instant,
  databaseBytes: bytes,
  storedBytes: bytes,
});
const reported = {
  tool,
  name: z.string().describe('of the stanza or server; empty: the tool has none'),
  reporter: z.string(),
  receivedAt: instant,
  lateAfterMs: z.number().describe('older than this it is missed'),
  problem: name.describe('in the words of the tool'),
  running: z.boolean().nullable(),
  progress: share,
};
const reach = {
  proven: z.boolean().describe('a list of the archive says that no WAL is missing but what `gaps` name'),
  gaps: z.array(gap),
};

/** Of a snapshot. */
export const backupState = shape({
  policy: policy.nullable(),
  reports: z.array(
    shape({ ...reported, ...reach, backups: z.number().describe('how many it lists'), restoresFrom: knownInstant }),
  ),
  lastGood: namedBackup.nullable(),
  lastFull: namedBackup.nullable(),
  failed: namedBackup.nullable().describe('newest that failed, with no good one of its stanza after it'),
});

const backup = shape({
  label: z.string(),
  kind,
  state: z.enum(['good', 'partial', 'failed', 'running']),
  repository: name,
  startedAt: knownInstant,
  endedAt: knownInstant,
  startWal: name,
  stopWal: name,
  prior: name,
  databaseBytes: bytes,
  storedBytes: bytes,
  host: name,
});

const plan = shape({
  tool,
  name: z.string(),
  possible: z.boolean(),
  text: spoken,
  chain: z.array(z.string()).describe('labels, the full one first'),
  firstWal: name,
  commands: z.array(z.string()).describe('for a person to run, somewhere else than where the cluster is'),
  cautions: z.array(spoken),
});

/** `GET /api/clusters/{scope}/backups` */
export const backupsSchema = shape({
  scope: z.string(),
  at: instant,
  newestAt: knownInstant.describe('until when WAL has been archived; null is unknown'),
  newestBy: z.enum(['archiver', 'list']).nullable(),
  reports: z.array(
    shape({
      ...reported,
      ...reach,
      id: z.string(),
      repositories: z.array(shape({ key: z.string(), encrypted: z.boolean().nullable(), problem: name })),
      spans: z.array(shape({ fromAt: instant, toAt: knownInstant })).describe('where a restore leads'),
      walAt: knownInstant.describe('when the list of its archive came'),
      walFiles: count,
      lastWal: name,
      backups: z.array(backup).describe('oldest first'),
    }),
  ),
  plans: z.array(plan).nullable().describe('null: no moment was asked for'),
});
export type BackupsAnswer = Wire<typeof backupsSchema>;

/** `POST /api/backups` */
export const takenSchema = shape({
  taken: z.array(
    shape({
      tool,
      name: z.string(),
      backups: z.number(),
      clusters: z.array(z.string()).describe('that have its system identifier; empty: none that is known now'),
    }),
  ),
});
export type TakenAnswer = Wire<typeof takenSchema>;

export type BackupsAreProved = Proved<
  [
    Same<typeof backupState, BackupState>,
    Same<typeof baseBackup, BaseBackup>,
    Same<typeof backup, Backup>,
    Same<typeof plan, RestorePlan>,
  ]
>;
