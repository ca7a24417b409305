// Reports of backups: takes them, keeps the newest of each in the store, tells the collector, and answers who looks at them. Several
// Howdahs on one store learn of each other's. What the store did not take was not reported: whoever sends it is told so.
import { createHash } from 'node:crypto';
import type { BackupsAnswer } from '../../contract/backups';
import { type BackupReport, reportsOf, type Stanza } from '../../domain/backups/backup';
import { parseReport, type Report } from '../../domain/backups/parse';
import { planOf } from '../../domain/backups/plan';
import { type WalFile, walListOf } from '../../domain/backups/wal-names';
import { windowOf } from '../../domain/backups/window';
import type { Snapshot } from '../../domain/cluster';
import { leaderOf } from '../../domain/members';
import { say } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { log } from '../log';
import { Refusal } from '../route';
import { StoreAway } from '../store/driver';
import { jsonText } from '../store/json-text';
import type { Store } from '../store/store';

const SYNC_MS = 60_000;
/** Clocks of several Howdahs differ. */
const OVERLAP_MS = 10 * 60_000;
/** Missed for so long it is forgotten: a tool that was given up. */
const FORGET_MS = 30 * 86_400_000;
const REPORTS_MAX = 1000;

export interface Sent {
  readonly reporter: string;
  readonly lateAfterMs: number;
  /** Named by the sender; null: nobody did. */
  readonly scope: string | null;
}

export interface BackupDeskOptions {
  readonly store: Pick<Store, 'query' | 'onReady'>;
  readonly now: () => number;
  readonly tell: (reports: readonly BackupReport[], gone: readonly string[]) => void;
}

/** What a tool printed. Throws a Refusal where it is nothing of the kind. */
export function readReport(text: string): Exclude<Report, { readonly kind: 'problem' }> {
  const report = parseReport(text);
  if (report.kind === 'problem') throw new Refusal('bad_request', say`this is no report of backups: ${report.text}`);
  return report;
}

export class BackupDesk {
  readonly #options: BackupDeskOptions;
  readonly #reports = new Map<string, BackupReport>();
  readonly #systems = new Map<string, string | null>();
  readonly #timer: NodeJS.Timeout;
  readonly #end: () => void;
  #readTo: number | null = null;
  #working: Promise<void> = Promise.resolve();

  constructor(options: BackupDeskOptions) {
    this.#options = options;
    this.#end = options.store.onReady(() => void this.sync());
    this.#timer = setInterval(() => void this.sync(), SYNC_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#end();
    await this.#working;
  }

  /** By which cluster has which system identifier a report is known to be its. */
  saw(scope: string, systemIdentifier: string | null): void {
    this.#systems.set(scope, systemIdentifier);
  }

  systems(): ReadonlyMap<string, string | null> {
    return this.#systems;
  }

  /** Rejects with a Refusal where it was not kept. */
  async take(stanzas: readonly Stanza[], sent: Sent): Promise<readonly BackupReport[]> {
    const receivedAt = this.#options.now();
    return this.#keep(
      stanzas.map((stanza): BackupReport => {
        const id = idOf(stanza, sent);
        const before = this.#reports.get(id);
        const own = stanza.wal === null ? (before?.wal ?? null) : stanza.wal;
        return {
          ...stanza,
          ...sent,
          id,
          receivedAt,
          wal: own,
          walAt: stanza.wal === null ? (before?.walAt ?? null) : receivedAt,
        };
      }),
    );
  }

  /** It names neither stanza nor system identifier: it is put to what the same one reported before. */
  async takeArchive(
    files: readonly WalFile[],
    { reporter }: Sent,
    stanza: string | null,
  ): Promise<readonly BackupReport[]> {
    const own = [...this.#reports.values()].filter(
      (report) =>
        report.reporter === reporter && report.tool === 'pgbackrest' && (stanza ?? report.name) === report.name,
    );
    const newest = own.reduce<BackupReport | null>(
      (best, one) => (lastBackup(one) > lastBackup(best) ? one : best),
      null,
    );
    if (newest === null)
      throw new Refusal(
        'not_found',
        say`no report of this stanza has come from here: send \`pgbackrest info --output=json\` first`,
      );
    if (new Set(own.map(({ name }) => name)).size > 1)
      throw new Refusal('bad_request', say`of which stanza is this archive? Add ?stanza=NAME`);
    const wal = walListOf(newestDatabase(files));
    if (wal === null) throw new Refusal('bad_request', say`there is no WAL file in this list`);
    return this.#keep([{ ...newest, wal, walAt: this.#options.now() }]);
  }

  async #keep(reports: readonly BackupReport[]): Promise<readonly BackupReport[]> {
    const fresh = reports.filter(({ id }) => !this.#reports.has(id));
    if (this.#reports.size + fresh.length > REPORTS_MAX)
      throw new Refusal('refused', say`there are ${REPORTS_MAX} reports of others already`);
    try {
      for (const { scope, ...report } of reports)
        await this.#options.store.query(
          `INSERT INTO backup_report (id, scope, received_at, body) VALUES ($1::text, $2::text, $3::bigint, $4::text::jsonb)
           ON CONFLICT (id) DO UPDATE SET received_at = excluded.received_at, body = excluded.body`,
          [report.id, scope, report.receivedAt, jsonText(report)],
        );
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      throw new Refusal('not_ready', say`the report was not kept, send it again: ${saidBy(error)}`);
    }
    this.#put(reports);
    return reports;
  }

  #put(reports: readonly BackupReport[]): void {
    const newer = reports.filter((report) => isNewer(report, this.#reports.get(report.id)));
    for (const report of newer) this.#reports.set(report.id, report);
    const gone = [...this.#reports.values()].flatMap(({ id, receivedAt }) =>
      this.#options.now() - receivedAt > FORGET_MS ? [id] : [],
    );
    for (const id of gone) this.#reports.delete(id);
    // Before the store has spoken nobody is told a part.
    if (this.#readTo !== null && newer.length + gone.length > 0) this.#options.tell(newer, gone);
  }

  /** Reads what others wrote, forgets what is missed for too long. Never rejects. */
  sync(): Promise<void> {
    this.#working = this.#working
      .then(() => this.#sync())
      .catch((error: unknown) => {
        if (!(error instanceof StoreAway)) log.warn({ err: error }, 'the reports of backups could not be read');
      });
    return this.#working;
  }

  async #sync(): Promise<void> {
    const { store, now } = this.#options;
    const asked = now();
    await store.query('DELETE FROM backup_report WHERE received_at < $1::bigint', [asked - FORGET_MS]);
    const rows = await store.query(
      `SELECT scope, body FROM backup_report WHERE received_at >= $1::bigint ORDER BY received_at LIMIT ${REPORTS_MAX}`,
      [(this.#readTo ?? 0) - (this.#readTo === null ? 0 : OVERLAP_MS)],
    );
    this.#put(
      rows.map(({ scope, body }) => ({
        ...(body as Omit<BackupReport, 'scope'>),
        scope: scope === null ? null : String(scope),
      })),
    );
    if (this.#readTo === null) this.#options.tell([...this.#reports.values()], []);
    this.#readTo = asked;
  }

  answer(snapshot: Snapshot, planAt: number | null): BackupsAnswer {
    const { scope, cluster } = snapshot;
    const reports = reportsOf([...this.#reports.values()], cluster.systemIdentifier, scope);
    const newest = newestOf(snapshot, reports);
    return {
      scope,
      at: this.#options.now(),
      newestAt: newest?.at ?? null,
      newestBy: newest?.by ?? null,
      reports: reports.map(({ wal, lateAfterMs, scope: _scope, systemIdentifier: _system, ...report }) => {
        const { spans, gaps, proven } = windowOf(
          this.#reports.get(report.id) ?? { ...report, wal, lateAfterMs, scope: null, systemIdentifier: null },
        );
        return { ...report, lateAfterMs, spans, gaps, proven, walFiles: wal?.files ?? null };
      }),
      plans: planAt === null ? null : reports.map((report) => planOf(report, planAt, newest?.at ?? null)),
    };
  }
}

/** The same moment again: a list of its archive came with it. */
function isNewer(report: BackupReport, before: BackupReport | undefined): boolean {
  if (before === undefined || report.receivedAt > before.receivedAt) return true;
  return report.receivedAt === before.receivedAt && (report.walAt ?? 0) > (before.walAt ?? 0);
}

const lastBackup = (report: BackupReport | null): number =>
  report === null ? -1 : (report.backups.at(-1)?.endedAt ?? 0);

/** `15-1/…`: of a stanza that was upgraded the archive of the newest database. */
function newestDatabase(files: readonly WalFile[]): readonly WalFile[] {
  const idOf = ({ name }: WalFile): number => Number(/^\d+-(\d+)\//.exec(name)?.[1] ?? 0);
  const newest = files.reduce((most, file) => Math.max(most, idOf(file)), 0);
  return files.filter((file) => idOf(file) === newest);
}

function idOf({ tool, name, systemIdentifier }: Stanza, { reporter, scope }: Sent): string {
  const text = JSON.stringify([tool, name, systemIdentifier, reporter, scope]);
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** Until when WAL is in the archive: by the archiver of a primary that answers, else by the list of a tool. */
function newestOf(
  { cluster, observedAt, staleAfterMs }: Snapshot,
  reports: readonly BackupReport[],
): { readonly at: number; readonly by: 'archiver' | 'list' } | null {
  const leader = leaderOf(cluster);
  const isLive = leader !== null && !leader.silent && observedAt - (leader.observedAt ?? 0) <= staleAfterMs;
  const archived = isLive && leader.archiver?.enabled === true ? leader.archiver.lastArchivedAt : null;
  if (archived !== null) return { at: archived, by: 'archiver' };
  const listed = reports.flatMap(({ wal }) => wal?.lastAt ?? []);
  return listed.length === 0 ? null : { at: Math.max(...listed), by: 'list' };
}
