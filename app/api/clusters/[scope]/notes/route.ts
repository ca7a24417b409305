import { noteDraftSchema } from '@/lib/contract/history-schema';
import { json, readBody, route, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ scope: string }>(async (request, params) => {
  const { at, text } = await readBody(request, noteDraftSchema);
  const { notes } = await runtime().history();
  return json({ note: await notes.add(scopeParam(params), at, text, runtime().config.operator) });
});
