import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/me/password', async ({ body, gate }) => {
  await (await runtime().door()).accounts.changePassword(gate.caller, body.current, body.next);
  return { ok: true };
});
