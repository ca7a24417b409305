import { noteDraftSchema } from '@/lib/contract/history-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<{ scope: string }>('POST /api/clusters/{scope}/notes', async (request, params, gate) => {
  const { at, text } = await readBody(request, noteDraftSchema);
  const { notes } = await runtime().history();
  return json({ note: await notes.add(scopeParam(params), at, text, gate.name) });
});
