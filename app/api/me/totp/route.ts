import { emptySchema } from '@/lib/contract/history-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

/** The secret is answered once; it counts when a code of it was confirmed. */
export const POST = route<unknown>('POST /api/me/totp', async (request, _params, gate) => {
  await readBody(request, emptySchema);
  const { accounts } = await runtime().door();
  return json(await accounts.draftTotp(gate.caller));
});
