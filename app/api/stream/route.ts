import { say } from '@/lib/language/sentence';
import { openStreamFor } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { Refusal } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';
import { STREAM_HEADERS } from '@/lib/server/stream';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/stream', async ({ request, query, gate }) => {
  const stream = await openStreamFor(runtime(), request, new Set(query.scope), gate);
  if (stream === null) throw new Refusal('too_many_streams', say`too many open streams; close some tabs`);
  return new Response(stream, { headers: STREAM_HEADERS });
});
