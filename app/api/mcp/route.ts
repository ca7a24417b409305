import { GET as alerts } from '@/app/api/alerts/route';
import { GET as audit } from '@/app/api/audit/route';
import { GET as actions } from '@/app/api/clusters/[scope]/actions/route';
import { GET as revisions } from '@/app/api/clusters/[scope]/config/revisions/route';
import { GET as config } from '@/app/api/clusters/[scope]/config/route';
import { GET as history } from '@/app/api/clusters/[scope]/history/route';
import { GET as incident } from '@/app/api/clusters/[scope]/incident/route';
import { GET as leadership } from '@/app/api/clusters/[scope]/leadership/route';
import { GET as activity } from '@/app/api/clusters/[scope]/members/[name]/activity/route';
import { GET as moment } from '@/app/api/clusters/[scope]/moment/route';
import { GET as cluster } from '@/app/api/clusters/[scope]/route';
import { GET as clusters } from '@/app/api/clusters/route';
import { GET as events } from '@/app/api/events/route';
import { route } from '@/lib/server/doorway';
import { mcpAnswer, type ToolHandlers } from '@/lib/server/mcp/answer';

export const dynamic = 'force-dynamic';

const HANDLERS: ToolHandlers = {
  'GET /api/alerts': alerts,
  'GET /api/audit': audit,
  'GET /api/clusters': clusters,
  'GET /api/clusters/{scope}': cluster,
  'GET /api/clusters/{scope}/actions': actions,
  'GET /api/clusters/{scope}/config': config,
  'GET /api/clusters/{scope}/config/revisions': revisions,
  'GET /api/clusters/{scope}/history': history,
  'GET /api/clusters/{scope}/incident': incident,
  'GET /api/clusters/{scope}/leadership': leadership,
  'GET /api/clusters/{scope}/members/{name}/activity': activity,
  'GET /api/clusters/{scope}/moment': moment,
  'GET /api/events': events,
};

export const POST = route('POST /api/mcp', ({ request, body }) => mcpAnswer(request, body, HANDLERS));
