import { openapiDocument } from '@/lib/contract/openapi';
import { json, route } from '@/lib/server/route';
import { VERSION } from '@/lib/server/version';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>(() => json(openapiDocument(VERSION)));
