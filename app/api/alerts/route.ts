import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/alerts', async (_request, _params, gate) =>
  json(await (await runtime().alerts()).answer(gate.desk)),
);
