import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/audit/acknowledge', async ({ body, gate }) => {
  const { record } = await runtime().actions();
  const { name: actor, address } = gate.caller;
  await record.acknowledge(body.breaches, { actor, address, reason: body.reason });
  return {};
});
