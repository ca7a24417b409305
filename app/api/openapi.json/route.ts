import { openapiDocument } from '@/lib/contract/openapi';
import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { VERSION } from '@/lib/server/version';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/openapi.json', () => json(openapiDocument(VERSION)));
