import { CONTENT_TYPES, formatFor } from '@/lib/domain/metrics/exposition';
import { route } from '@/lib/server/doorway';
import { metricsOf } from '@/lib/server/metrics/metrics';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /metrics', async ({ request }) => {
  const format = formatFor(request.headers.get('accept'));
  const text = await metricsOf(runtime()).text(format);
  return new Response(text, { headers: { 'content-type': CONTENT_TYPES[format], 'cache-control': 'no-store' } });
});
