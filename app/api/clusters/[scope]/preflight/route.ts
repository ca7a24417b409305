import { actionRequestSchema } from '@/lib/contract/action-schema';
import { rightsFor } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { json, readBody, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ scope: string }>('POST /api/clusters/{scope}/preflight', async (request, params, gate) => {
  const asked = await readBody(request, actionRequestSchema);
  const { executor } = await runtime().actions();
  const scope = scopeParam(params);
  const rights = await rightsFor(runtime(), gate, new URL(request.url).searchParams);
  return json(await executor.preflight(scope, asked, rights));
});
