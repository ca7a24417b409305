import { emptySchema } from '@/lib/contract/history-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody, scopeParam } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

/** Withdraws it: it stays, struck out. */
export const POST = route<{ scope: string; id: string }>(
  'POST /api/clusters/{scope}/notes/{id}',
  async (request, params) => {
    await readBody(request, emptySchema);
    const { notes } = await runtime().history();
    return json({ note: await notes.withdraw(scopeParam(params), params.id) });
  },
);
