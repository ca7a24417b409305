import { Refusal, route } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';
import { openStream, STREAM_HEADERS } from '@/lib/server/stream';

export const dynamic = 'force-dynamic';

const MAX_SCOPES = 50;

export const GET = route<unknown>((request) => {
  const scopes = new Set(new URL(request.url).searchParams.getAll('scope'));
  if (scopes.size > MAX_SCOPES)
    throw new Refusal('bad_request', `expected at most ${MAX_SCOPES} scopes, got ${scopes.size}`);
  const stream = openStream(runtime().feed, scopes, request.signal);
  if (stream === null) throw new Refusal('too_many_streams', 'too many open streams; close some tabs');
  return new Response(stream, { headers: STREAM_HEADERS });
});
