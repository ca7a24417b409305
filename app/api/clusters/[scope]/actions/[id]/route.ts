import { say } from '@/lib/language/sentence';
import { route } from '@/lib/server/doorway';
import { json, Refusal, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string; id: string }>(
  'GET /api/clusters/{scope}/actions/{id}',
  async (_request, params) => {
    const { executor } = await runtime().actions();
    const action = await executor.get(scopeParam(params), params.id);
    if (action === null) throw new Refusal('not_found', say`no such action of this cluster is known`);
    return json({ action });
  },
);
