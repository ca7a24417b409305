import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/dcs/{source}/actions', async ({ params, body, gate }) => {
  gate.requireEverywhere('change_dcs');
  const desk = await runtime().careDesk();
  return desk.start(params.source, body.request, { name: gate.name, address: gate.caller.address }, body.reason);
});
