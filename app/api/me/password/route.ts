import { passwordOrderSchema } from '@/lib/contract/access-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<unknown>('POST /api/me/password', async (request, _params, gate) => {
  const { current, next } = await readBody(request, passwordOrderSchema);
  const { accounts } = await runtime().door();
  await accounts.changePassword(gate.caller, current, next);
  return json({ ok: true });
});
