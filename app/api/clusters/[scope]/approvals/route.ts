import { approvalDraftSchema } from '@/lib/contract/access-schema';
import { askApproval } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { json, readBody, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

/** Asks for a second person. */
export const POST = route<{ scope: string }>('POST /api/clusters/{scope}/approvals', async (request, params, gate) => {
  const draft = await readBody(request, approvalDraftSchema);
  return json({ approval: await askApproval(runtime(), scopeParam(params), draft, gate) });
});
