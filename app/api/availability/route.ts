import { route } from '@/lib/server/doorway';
import { availabilityAnswer } from '@/lib/server/history/answers';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/availability', ({ query, gate }) => availabilityAnswer(runtime(), query, gate));
