import { route } from '@/lib/server/doorway';
import { eventsAnswer } from '@/lib/server/history/answers';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/events', ({ query, gate }) => eventsAnswer(runtime(), query, gate.visible));
