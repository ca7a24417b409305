// The endpoint for assistants, asked by the protocol's own client; behind it routes that say what they were asked.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, expect, it } from 'vitest';
import { ALL_ROUTES, routeOf } from '../../contract/routes';
import { mcpAnswer, type ToolHandlers } from './answer';
import { TOOLS, type ToolRoute } from './tools';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

type Answer = (request: Request, params: Readonly<Record<string, string>>) => Response;

/** Every route answers with what it was asked, unless it is given here. */
async function assistant(given: Partial<Record<ToolRoute, Answer>> = {}): Promise<Client> {
  const echo: Answer = (request, params) =>
    Response.json({ url: request.url, params, who: request.headers.get('authorization'), clusters: [] });
  const handlers = Object.fromEntries(
    Object.values(TOOLS).map((key) => [
      key,
      async (request: Request, { params }: { params: Promise<Readonly<Record<string, string>>> }) =>
        (given[key] ?? echo)(request, await params),
    ]),
  ) as unknown as ToolHandlers;
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL('http://127.0.0.1:3000/api/mcp'), {
    requestInit: { headers: { authorization: 'Bearer howdah_x' } },
    fetch: async (url, init) => {
      // No stream of the server's own: there is no GET.
      if (init?.method !== 'POST') return new Response(null, { status: 405 });
      const request = new Request(url, init);
      return mcpAnswer(request, JSON.parse(String(init.body)), handlers);
    },
  });
  // The SDK's class is not the interface to the letter where optional fields are exact.
  await client.connect(transport as Parameters<Client['connect']>[0]);
  ends.push(() => client.close());
  return client;
}

interface Said {
  readonly isError?: boolean;
  readonly content: readonly { readonly text: string }[];
}

async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<Said> {
  return (await client.callTool({ name, arguments: args })) as unknown as Said;
}

it('says what it is and which tools there are, each read-only, with what it takes', async () => {
  const client = await assistant();
  expect(client.getServerVersion()?.name).toBe('howdah');
  expect(client.getInstructions()).toContain('only read');
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(Object.keys(TOOLS));
  for (const tool of tools) {
    expect(tool.annotations).toEqual({ readOnlyHint: true, openWorldHint: false });
    expect(tool.description).not.toBe('');
  }
  expect(tools.find(({ name }) => name === 'cluster_at')?.inputSchema).toMatchObject({
    required: ['scope', 'at'],
    properties: { scope: { type: 'string' }, at: { type: 'string' } },
  });
  expect(Object.keys(tools.find(({ name }) => name === 'incident')?.inputSchema.properties ?? {})).toEqual([
    'scope',
    'from',
    'to',
    'zone',
  ]);
});

it('no tool is a route that writes, that a token may not ask, or that never ends', () => {
  for (const key of Object.values(TOOLS)) {
    const { method, tokens, answer } = routeOf(key);
    expect([key, method, tokens]).toEqual([key, 'GET', true]);
    expect([key, 'kind' in answer && answer.kind === 'events']).toEqual([key, false]);
  }
  expect(ALL_ROUTES.length).toBeGreaterThan(Object.keys(TOOLS).length);
});

it('asks the route of the tool, as the one who asks', async () => {
  const client = await assistant();
  const { content } = await call(client, 'activity', { scope: 'demo/0', name: 'n 1', literals: 'false' });
  expect(JSON.parse(content[0]?.text ?? '')).toEqual({
    url: 'http://127.0.0.1:3000/api/clusters/demo%2F0/members/n%201/activity?literals=false',
    params: { scope: 'demo/0', name: 'n 1' },
    who: 'Bearer howdah_x',
    clusters: [],
  });
  const listed = await call(client, 'events', { scope: ['a', 'b'], limit: 5, from: '2026-11-30T00:00:00Z' });
  expect(new URL(JSON.parse(listed.content[0]?.text ?? '').url).search).toBe(
    '?scope=a&scope=b&from=2026-11-30T00%3A00%3A00Z&limit=5',
  );
});

it('an incident comes as Markdown, an answer of JSON without the forms of its sentences', async () => {
  const client = await assistant({
    'GET /api/clusters/{scope}/incident': ({ url }) =>
      new Response(`# ${new URL(url).searchParams.get('format')}`, { headers: { 'content-type': 'text/markdown' } }),
    'GET /api/clusters/{scope}': () =>
      Response.json({ health: 'ok', cause: null, findings: [{ title: 'a', said: { title: ['form'] } }], said: {} }),
  });
  const window = { scope: 'demo', from: '2026-11-30T00:00:00Z' };
  expect((await call(client, 'incident', window)).content[0]?.text).toBe('# md');
  expect((await call(client, 'cluster_now', { scope: 'demo' })).content[0]?.text).toBe(
    '{"health":"ok","cause":null,"findings":[{"title":"a"}]}',
  );
});

it.each([
  ['switchover', {}, 'there is no tool switchover; there are list_clusters'],
  ['constructor', {}, 'there is no tool constructor'],
  ['cluster_now', {}, 'expected scope: a cluster, as list_clusters calls it'],
  ['cluster_now', { scope: '' }, 'expected scope'],
  ['cluster_now', { scope: 7 }, 'expected scope'],
  ['cluster_now', { scope: 'demo', force: true }, 'expected scope, got force'],
  ['list_clusters', { scope: 'demo' }, 'expected no arguments, got scope'],
  ['audit', { format: 'csv' }, 'got format'],
  ['events', { scope: { $gt: '' } }, 'expected scope as text'],
])('refuses %s %j with what was expected, and asks nobody', async (name, args, words) => {
  const asked: string[] = [];
  const noting: Answer = ({ url }) => {
    asked.push(url);
    return Response.json({});
  };
  const client = await assistant(Object.fromEntries(Object.values(TOOLS).map((key) => [key, noting])));
  const said = await call(client, name, args);
  expect(said.isError).toBe(true);
  expect(said.content[0]?.text).toContain(words);
  expect(asked).toEqual([]);
});

it('what the route refuses is the result, in its words', async () => {
  const client = await assistant({
    'GET /api/clusters/{scope}': () =>
      Response.json({ code: 'not_found', message: 'no cluster named demo' }, { status: 404 }),
    'GET /api/events': () => new Response('gone', { status: 502 }),
    'GET /api/alerts': () => Response.json({ open: 'x'.repeat(300_000) }),
  });
  expect(await call(client, 'cluster_now', { scope: 'demo' })).toMatchObject({
    isError: true,
    content: [{ text: 'no cluster named demo' }],
  });
  expect(await call(client, 'events')).toMatchObject({ isError: true, content: [{ text: 'Howdah answered 502' }] });
  expect((await call(client, 'alerts')).content[0]?.text).toMatch(/^the answer has 300\d+ characters, more than/);
});

it('the fleet is listed without what cluster_now has, the worst of a thousand, and says how many are left out', async () => {
  const row = (scope: string) => ({
    scope,
    health: 'ok',
    members: [{ name: 'n1' }],
    spark: [1],
    note: 'x'.repeat(400),
  });
  const fleet = (count: number): Partial<Record<ToolRoute, Answer>> => ({
    'GET /api/clusters': () =>
      Response.json({ server: {}, clusters: Array.from({ length: count }, (_, at) => row(`c${at}`)) }),
  });
  const listed = async (count: number) =>
    JSON.parse((await call(await assistant(fleet(count)), 'list_clusters')).content[0]?.text ?? '');
  expect(await listed(1)).toEqual({
    server: {},
    clusters: [{ scope: 'c0', health: 'ok', note: 'x'.repeat(400) }],
    leftOut: 0,
  });
  const { clusters, leftOut } = await listed(1000);
  expect(clusters.length).toBeGreaterThan(300);
  expect(clusters.length + leftOut).toBe(1000);
  expect(clusters[0].scope).toBe('c0');
});

it('keeps no session, and answers a message that is none with the reason', async () => {
  const ask = (body: unknown) =>
    mcpAnswer(
      new Request('http://127.0.0.1:3000/api/mcp', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify(body),
      }),
      body,
      {} as ToolHandlers,
    );
  const listed = await ask({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  expect(listed.headers.get('mcp-session-id')).toBeNull();
  expect((await listed.json()).result.tools).toHaveLength(Object.keys(TOOLS).length);
  await expect(ask({ hello: 'there' })).rejects.toThrow('expected a message of the Model Context Protocol');
  expect(await (await ask({ jsonrpc: '2.0', id: 2, method: 'tools/drop' })).json()).toMatchObject({
    error: { code: -32601 },
  });
});
