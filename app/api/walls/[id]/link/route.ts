import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const POST = route('POST /api/walls/{id}/link', async ({ params }) =>
  (await runtime().walls()).walls.link(params.id),
);
