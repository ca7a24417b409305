import { signOutSchema } from '@/lib/contract/access-schema';
import { endedCookie } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { json, readBody } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route<unknown>('POST /api/me/sign-out', async (request, _params, gate) => {
  const { everywhere } = await readBody(request, signOutSchema);
  const door = await runtime().door();
  await door.accounts.signOut(gate.caller, everywhere ? null : gate.caller.sessionId);
  const response = json({ ok: true });
  response.headers.append('set-cookie', endedCookie(runtime(), door.cookie));
  return response;
});
