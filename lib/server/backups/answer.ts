// What somebody who reports backups is answered: whose they are, and which of them this token may report.
import type { TakenAnswer } from '../../contract/backups';
import type { BodyOf, QueryOf } from '../../contract/routes';
import { covers, isEverywhere } from '../../domain/access/access';
import { reportsOf, type Stanza } from '../../domain/backups/backup';
import { say } from '../../language/sentence';
import { notSignedIn } from '../access/gate';
import { Refusal } from '../route';
import type { Runtime } from '../runtime';
import { readReport } from './backup-desk';
import { type Reporter, reporterOf } from './reporter';

const HOUR_MS = 3_600_000;

export async function reportAnswer(
  runtime: Pick<Runtime, 'config' | 'backups' | 'feed'>,
  asked: {
    readonly authorization: string | null;
    readonly query: QueryOf<'POST /api/backups'>;
    readonly body: BodyOf<'POST /api/backups'>;
  },
): Promise<TakenAnswer> {
  const { push, reportHours } = runtime.config.backups;
  const reporter = reporterOf(asked.authorization, push);
  if (reporter === null) throw notSignedIn();
  const desk = await runtime.backups();
  const { cluster: scope = null, stanza = null } = asked.query;
  const where = { reporter: reporter.name, lateAfterMs: reportHours * HOUR_MS, scope };
  const found = readReport(asked.body);
  const clustersOf = (one: Stanza): string[] => clustersWith({ ...one, scope }, desk.systems());
  if (scope !== null && !mayReport(runtime, reporter, [scope])) throw notCovered();
  if (found.kind === 'stanzas' && !found.stanzas.every((one) => mayReport(runtime, reporter, clustersOf(one))))
    throw notCovered();
  const reports =
    found.kind === 'stanzas'
      ? await desk.take(found.stanzas, where)
      : await desk.takeArchive(found.files, where, stanza);
  return {
    taken: reports.map((report) => ({
      ...{ tool: report.tool, name: report.name, backups: report.backups.length },
      clusters: clustersWith(report, desk.systems()),
    })),
  };
}

function clustersWith(
  report: Stanza & { readonly scope: string | null },
  systems: ReadonlyMap<string, string | null>,
): string[] {
  const asReport = { ...report, id: '', reporter: '', receivedAt: 0, lateAfterMs: 0, walAt: null };
  return [...systems].flatMap(([scope, system]) => (reportsOf([asReport], system, scope).length > 0 ? [scope] : []));
}

/** One that is bound to clusters reports of those alone, and of none that is not known. */
function mayReport({ feed }: Pick<Runtime, 'feed'>, reporter: Reporter, scopes: readonly string[]): boolean {
  if (isEverywhere(reporter)) return true;
  return scopes.some((scope) => covers(reporter, { scope, labels: feed.row(scope)?.labels ?? {} }));
}

function notCovered(): Refusal {
  return new Refusal('forbidden', say`this token does not report backups of that cluster`);
}
