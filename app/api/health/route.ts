import { route } from '@/lib/server/doorway';
import { healthAnswer, partialHealth } from '@/lib/server/health';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/health', ({ gate }) => {
  const current = runtime();
  const answer = healthAnswer(current, Date.now());
  const status = answer.ok ? 200 : 503;
  if (gate.seesAll) return json(answer, status);
  if (!gate.hasRole) return json({ ok: answer.ok }, status);
  const seen = current.feed.rows().filter(({ scope }) => gate.sees(scope));
  return json(partialHealth(answer, seen), status);
});
