import { actionOrderSchema } from '@/lib/contract/action-schema';
import { json, readBody, route, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>(async (_request, params) => {
  const actions = await runtime().actions();
  return json({ actions: await actions.list(scopeParam(params)) });
});

export const POST = route<{ scope: string }>(async (request, params) => {
  const order = await readBody(request, actionOrderSchema);
  const { config, actions } = runtime();
  const { executor } = await actions();
  const { action, created } = await executor.start(scopeParam(params), order, config.operator);
  return json({ action }, created ? 202 : 200);
});
