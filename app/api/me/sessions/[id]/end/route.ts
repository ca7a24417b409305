import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/me/sessions/{id}/end', async ({ params, gate }) => {
  const { accounts } = await runtime().door();
  await accounts.signOut(gate.caller, params.id);
  return accounts.sessions(gate.caller);
});
