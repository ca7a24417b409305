import { route } from '@/lib/server/doorway';
import { leadershipAnswer } from '@/lib/server/history/answers';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/leadership', ({ params }) =>
  leadershipAnswer(runtime(), params.scope),
);
