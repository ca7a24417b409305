import { scopeAnswer } from '@/lib/server/clusters';
import { json, route, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<{ scope: string }>(async (_request, params) =>
  json(await scopeAnswer(runtime(), 'history', scopeParam(params))),
);
