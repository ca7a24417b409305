// The audit as it leaves by the API: the query, and the file of every row. A row of it is one action.
import type { AuditAnswer } from '../../contract/actions';
import type { QueryOf } from '../../contract/routes';
import type { ActionRecord } from '../../domain/actions/action';
import { carry } from '../../language/carry';
import { say } from '../../language/sentence';
import { Refusal } from '../route';
import { formatCsv, rowOf } from './export';

export interface PageQuery {
  readonly scope: string | null;
  /** What the one who asks may see; null: all. */
  readonly scopes: readonly string[] | null;
  readonly limit: number | null;
  readonly before: string | null;
}

export interface AuditQuery extends PageQuery {
  /** null: one page. Else every row, as a file. */
  readonly format: 'json' | 'csv' | null;
}

export function auditQuery(asked: QueryOf<'GET /api/audit'>, scopes: readonly string[] | null): AuditQuery {
  const { scope = null, before = null, format = null, limit } = asked;
  return { scope, scopes, limit, before, format };
}

const PAGE = 200;
const AWAY = say`the store is away; \`npm run audit -- export\` reads the journal alone`;

/** Every row, page by page: the file may be large. */
export async function* auditRows(
  pageOf: (query: PageQuery) => Promise<AuditAnswer>,
  { scope, scopes }: AuditQuery,
): AsyncGenerator<ActionRecord> {
  let before: string | null = null;
  do {
    const page = await pageOf({ scope, scopes, limit: PAGE, before });
    // A file that ends early looks whole: it breaks off instead.
    if (page.from === 'journal') throw new Refusal('not_ready', AWAY);
    yield* page.rows;
    before = page.next;
  } while (before !== null);
}

export function auditFile(rows: AsyncGenerator<ActionRecord>, format: 'json' | 'csv'): Response {
  const encoder = new TextEncoder();
  const text = format === 'csv' ? csvText(rows) : jsonText(rows);
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await text.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await text.return(undefined);
    },
  });
  return new Response(stream, {
    headers: {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="howdah-audit.${format}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}

async function* csvText(rows: AsyncGenerator<ActionRecord>): AsyncGenerator<string, undefined> {
  const names = formatCsv([]);
  yield names;
  for await (const record of rows) yield formatCsv([rowOf(record)]).slice(names.length);
}

async function* jsonText(rows: AsyncGenerator<ActionRecord>): AsyncGenerator<string, undefined> {
  let before = '[';
  for await (const record of rows) {
    yield `${before}\n${JSON.stringify(carry(record))}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}
