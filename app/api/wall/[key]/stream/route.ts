import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';
import { STREAM_HEADERS } from '@/lib/server/stream';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/wall/{key}/stream', async ({ request, params }) => {
  const { walls, screens } = await runtime().walls();
  return new Response(screens.open(await walls.open(params.key), request.signal), { headers: STREAM_HEADERS });
});
