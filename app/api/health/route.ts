import { clockNow } from '@/lib/server/clock';
import { route } from '@/lib/server/doorway';
import { healthFor } from '@/lib/server/health';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/health', ({ gate }) => {
  const answer = healthFor(runtime(), gate, clockNow());
  return json(answer, answer.ok ? 200 : 503);
});
