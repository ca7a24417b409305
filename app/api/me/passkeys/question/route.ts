import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/me/passkeys/question', async ({ body, gate }) => {
  const { accounts } = await runtime().door();
  return { options: { ...(await accounts.askPasskey(gate.caller, body.for)) } };
});
