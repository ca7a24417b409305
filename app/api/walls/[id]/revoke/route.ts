import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/walls/{id}/revoke', async ({ params, gate }) => ({
  wall: await (await runtime().walls()).walls.revoke(params.id, gate.name),
}));
