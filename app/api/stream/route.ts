import { say } from '@/lib/language/sentence';
import { openStreamFor } from '@/lib/server/access/answers';
import { route } from '@/lib/server/doorway';
import { Refusal } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';
import { STREAM_HEADERS } from '@/lib/server/stream';

export const dynamic = 'force-dynamic';

const MAX_SCOPES = 50;

export const GET = route<unknown>('GET /api/stream', async (request, _params, gate) => {
  const scopes = new Set(new URL(request.url).searchParams.getAll('scope'));
  if (scopes.size > MAX_SCOPES)
    throw new Refusal('bad_request', say`expected at most ${MAX_SCOPES} scopes, got ${scopes.size}`);
  const stream = await openStreamFor(runtime(), request, scopes, gate);
  if (stream === null) throw new Refusal('too_many_streams', say`too many open streams; close some tabs`);
  return new Response(stream, { headers: STREAM_HEADERS });
});
