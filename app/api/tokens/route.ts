import { tokenDraftSchema } from '@/lib/contract/access-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/tokens', async (_request, _params, gate) => {
  const { tokens } = await runtime().door();
  const all = gate.why('manage_tokens', null) === null;
  return json({ tokens: await tokens.list(all ? null : (gate.caller.userId ?? '')) });
});

export const POST = route<unknown>('POST /api/tokens', async (request, _params, gate) => {
  const draft = await readBody(request, tokenDraftSchema);
  if (draft.owner !== undefined && draft.owner !== gate.name) gate.require('manage_tokens', null);
  return json(await (await runtime().door()).createToken(draft, gate.caller));
});
