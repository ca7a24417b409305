import { configAnswer } from '@/lib/server/clusters';
import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/clusters/{scope}/config', ({ params }) => configAnswer(runtime(), params.scope));
