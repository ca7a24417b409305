import { limitPeer, route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/me/passkeys', async ({ gate }) => {
  return (await runtime().door()).accounts.keys.list(gate.caller);
});

export const POST = route('POST /api/me/passkeys', async ({ request, body, gate }) => {
  limitPeer('sign_in', request);
  return (await runtime().door()).accounts.keys.add(gate.caller, body);
});
