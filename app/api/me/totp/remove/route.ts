import { totpCodeSchema } from '@/lib/contract/access-schema';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<unknown>('POST /api/me/totp/remove', async (request, _params, gate) => {
  const { code } = await readBody(request, totpCodeSchema);
  const { accounts } = await runtime().door();
  await accounts.removeTotp(gate.caller, code);
  return json({ ok: true });
});
