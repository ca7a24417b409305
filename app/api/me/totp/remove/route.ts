import { limitPeer, route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/me/totp/remove', async ({ request, body, gate }) => {
  limitPeer('sign_in', request);
  await (await runtime().door()).accounts.removeTotp(gate.caller, body.code);
  return { ok: true };
});
