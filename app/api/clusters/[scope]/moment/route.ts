import { momentOf } from '@/lib/server/history/query';
import { json, route, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>(async (request, params) => {
  const at = momentOf(new URL(request.url).searchParams, Date.now());
  const { reader } = await runtime().history();
  return json(await reader.moment(scopeParam(params), at));
});
