import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/me/passkeys/question', async ({ body, gate }) => {
  const { accounts } = await runtime().door();
  return { options: { ...(await accounts.keys.ask(gate.caller, body.for)) } };
});
