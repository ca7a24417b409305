import { openapiDocument } from '@/lib/contract/openapi';
import { route } from '@/lib/server/doorway';
import { VERSION } from '@/lib/server/version';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/openapi.json', () => openapiDocument(VERSION));
