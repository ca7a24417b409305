import { endedCookie } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/me/sign-out', async ({ body, gate }) => {
  const door = await runtime().door();
  await door.accounts.signOut(gate.caller, body.everywhere ? null : gate.caller.sessionId);
  const response = json({ ok: true });
  response.headers.append('set-cookie', endedCookie(runtime(), door.cookie));
  return response;
});
