import { say } from '@/lib/language/sentence';
import { auditFile, auditQuery, auditRows } from '@/lib/server/audit/answer';
import { route } from '@/lib/server/doorway';
import { Refusal } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/audit', async ({ query, gate }) => {
  const asked = auditQuery(query, gate.visible);
  const actions = await runtime().actions();
  if (asked.format === null) {
    const answer = await actions.audit(asked);
    return gate.hasRole ? answer : { ...answer, journal: { entries: 0, head: null, problem: null, breaches: [] } };
  }
  if (actions.store.state().state !== 'ready')
    throw new Refusal('not_ready', say`the store is away; \`npm run audit -- export\` reads the journal alone`);
  return auditFile(
    auditRows((page) => actions.audit(page), asked),
    asked.format,
  );
});
