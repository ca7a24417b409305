import { startAction } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/actions', async ({ params }) => ({
  actions: await (await runtime().actions()).list(params.scope),
}));

export const POST = route('POST /api/clusters/{scope}/actions', async ({ params, body, gate }) => {
  const { action, created } = await startAction(runtime(), params.scope, body, gate);
  return json({ action }, created ? 202 : 200);
});
