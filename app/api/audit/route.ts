import { say } from '@/lib/language/say';
import { auditFile, auditQuery, auditRows } from '@/lib/server/audit/answer';
import { route } from '@/lib/server/doorway';
import { json, Refusal } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/audit', async (request, _params, gate) => {
  const query = auditQuery(new URL(request.url).searchParams, gate.visible);
  const actions = await runtime().actions();
  if (query.format !== null && actions.store.state().state !== 'ready')
    throw new Refusal('not_ready', say`the store is away; \`npm run audit -- export\` reads the journal alone`);
  if (query.format !== null)
    return auditFile(
      auditRows((page) => actions.audit(page), query),
      query.format,
    );
  return json(await actions.audit(query));
});
