import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/tokens/{id}/revoke', async ({ params, gate }) => {
  const all = gate.why('manage_tokens', null) === null;
  return { token: await (await runtime().door()).revokeToken(params.id, gate.caller, all) };
});
