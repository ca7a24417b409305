import { limitPeer, route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/me/passkeys/{id}/remove', async ({ request, params, body, gate }) => {
  limitPeer('sign_in', request);
  return (await runtime().door()).accounts.keys.remove(gate.caller, params.id, body.proof);
});
