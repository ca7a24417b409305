import { actionOrderSchema } from '@/lib/contract/action-schema';
import { startAction } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { json, readBody, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>('GET /api/clusters/{scope}/actions', async (_request, params) => {
  const actions = await runtime().actions();
  return json({ actions: await actions.list(scopeParam(params)) });
});

export const POST = route<{ scope: string }>('POST /api/clusters/{scope}/actions', async (request, params, gate) => {
  const order = await readBody(request, actionOrderSchema);
  const { action, created } = await startAction(runtime(), scopeParam(params), order, gate);
  return json({ action }, created ? 202 : 200);
});
