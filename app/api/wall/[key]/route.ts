import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/wall/{key}', async ({ params }) => {
  const { walls, screens } = await runtime().walls();
  return screens.whole(await walls.open(params.key));
});
