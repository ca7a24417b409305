import { actionRequestSchema } from '@/lib/contract/action-schema';
import { json, readBody, route, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ scope: string }>(async (request, params) => {
  const asked = await readBody(request, actionRequestSchema);
  const { executor } = await runtime().actions();
  return json(await executor.preflight(scopeParam(params), asked));
});
