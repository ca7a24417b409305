import { setupOrderSchema } from '@/lib/contract/access-schema';
import { limitPeer, route } from '@/lib/server/doorway';
import { peerOf } from '@/lib/server/edge/peer';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<unknown>('POST /api/setup', async (request) => {
  limitPeer('sign_in', request);
  const order = await readBody(request, setupOrderSchema);
  const { accounts } = await runtime().door();
  await accounts.setUp(order, peerOf(request));
  return json({ ok: true });
});
