import { limitPeer, route } from '@/lib/server/doorway';
import { peerOf } from '@/lib/server/edge/peer';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/setup', async ({ request, body }) => {
  limitPeer('sign_in', request);
  await (await runtime().door()).accounts.setUp(body, peerOf(request));
  return { ok: true };
});
