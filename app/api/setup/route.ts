import { setupOrderSchema } from '@/lib/contract/access-schema';
import { limit, route } from '@/lib/server/doorway';
import { peerOf } from '@/lib/server/edge/peer';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<unknown>('POST /api/setup', async (request) => {
  limit('sign_in', request, null);
  const order = await readBody(request, setupOrderSchema);
  const { accounts } = await runtime().door();
  await accounts.setUp(order, peerOf(request));
  return json({ ok: true });
});
