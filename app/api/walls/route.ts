import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/walls', async () => (await runtime().walls()).walls.list());

export const POST = route('POST /api/walls', async ({ body, gate }) =>
  (await runtime().walls()).walls.create(body, gate.name),
);
