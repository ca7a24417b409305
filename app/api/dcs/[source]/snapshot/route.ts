import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/dcs/{source}/snapshot', async ({ params, gate }) => {
  gate.requireEverywhere('change_dcs');
  const desk = await runtime().careDesk();
  const file = await desk.snapshot(params.source, { name: gate.name, address: gate.caller.address });
  return new Response(file, {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="etcd.snapshot"',
      'cache-control': 'no-store',
    },
  });
});
