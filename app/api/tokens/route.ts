import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/tokens', async ({ gate }) => {
  const { tokens } = await runtime().door();
  const all = gate.why('manage_tokens', null) === null;
  return { tokens: await tokens.list(all ? null : (gate.caller.userId ?? '')) };
});

export const POST = route('POST /api/tokens', async ({ body, gate }) => {
  if (body.owner !== undefined && body.owner !== gate.name) gate.require('manage_tokens', null);
  return (await runtime().door()).createToken(body, gate.caller);
});
