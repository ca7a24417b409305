// One stream for all tabs of a browser. Runs as a SharedWorker; where there is none, as a dedicated Worker of one visible tab.
// Plain JS without a build step. A browser opens at most six connections to a plain-http origin: one stream per tab freezes
// the seventh tab, so the stream lives here and frames fan out.
// Tab to worker: {type: 'watch', scopes} | {type: 'ping'} | {type: 'bye'} | {type: 'retry'}.
// Worker to tab: {type: 'frame', frame, at} | {type: 'state', open, lastFrameAt, attempt, retryAt, since} | {type: 'signed_out'}.
/** This file lies beside the pages: `/`, or the prefix under which Howdah is served. */
const BASE = new URL('.', self.location.href).pathname;
const KINDS = ['hello', 'rows', 'snapshot', 'action', 'beat'];
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LAST_MS = 5000;
/** No frame for this long: the socket is dead even if the browser does not know. Above the tab's STREAM_LOST_MS. */
const SILENT_MS = 6000;
const PORT_DEAD_MS = 90_000;
/** Fewer scopes can wait, one more cannot. */
const NARROW_AFTER_MS = 3000;
const SCOPES_MAX = 16;

/** port -> {scopes: string[], seenAt: number} */
const ports = new Map();
let current = null;
let next = null;
let retryTimer = null;
let narrowTimer = null;
const state = { type: 'state', open: false, lastFrameAt: null, attempt: 0, retryAt: null, since: Date.now() };

let server = null;
let serverAt = 0;
const rows = new Map();
const snapshots = new Map();

function tell(port, message) {
  try {
    port.postMessage(message);
  } catch {
    ports.delete(port);
  }
}

function tellAll(message) {
  for (const port of ports.keys()) tell(port, message);
}

function union() {
  const scopes = new Set();
  for (const tab of ports.values()) for (const scope of tab.scopes) scopes.add(scope);
  return [...scopes].sort().slice(0, SCOPES_MAX);
}

function remember(frame, at) {
  if (frame.kind === 'hello') {
    rows.clear();
    snapshots.clear();
  }
  if (frame.kind === 'hello' || frame.kind === 'beat') {
    server = frame.server;
    serverAt = at;
  }
  if (frame.kind === 'hello' || frame.kind === 'rows') for (const row of frame.rows) rows.set(row.scope, row);
  if (frame.kind === 'rows') for (const scope of frame.gone) rows.delete(scope);
  if (frame.kind === 'snapshot') snapshots.set(frame.snapshot.scope, { frame, at });
}

/** A tab that comes late gets what the others already have. */
function catchUp(port, scopes) {
  if (server === null) return;
  tell(port, { type: 'frame', frame: { kind: 'hello', server, rows: [...rows.values()] }, at: serverAt });
  for (const scope of scopes) {
    const kept = snapshots.get(scope);
    if (kept) tell(port, { type: 'frame', frame: kept.frame, at: kept.at });
  }
}

function onFrame(stream, kind, text) {
  if (stream !== current && stream !== next) return;
  let frame;
  try {
    frame = JSON.parse(text);
  } catch {
    return;
  }
  if (typeof frame !== 'object' || frame === null || frame.kind !== kind) return;
  const at = Date.now();
  if (stream === next) {
    if (current) current.source.close();
    current = next;
    next = null;
  }
  remember(frame, at);
  const changed = !state.open || state.attempt > 0;
  Object.assign(state, { open: true, lastFrameAt: at, attempt: 0, retryAt: null });
  if (changed) tellAll(state);
  for (const [port, tab] of ports) {
    if (frame.kind !== 'snapshot' || tab.scopes.includes(frame.snapshot.scope))
      tell(port, { type: 'frame', frame, at });
  }
}

function onError(stream) {
  stream.source.close();
  if (stream === current) current = null;
  else if (stream === next) next = null;
  else return;
  if (current === null) state.open = false;
  retryLater();
  void askWhetherSignedOut();
}

/** An EventSource does not tell why it was refused. Asked beside the next attempt, so that a network fault costs no time. */
async function askWhetherSignedOut() {
  try {
    const answer = await fetch(`${BASE}api/me`, {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout(5000),
    });
    if (answer.status === 401) onSignedOut();
  } catch {
    // Not reached: nothing is known of it.
  }
}

/** What was kept is of somebody who is not there any longer: nobody gets it, and a tab that comes anew asks anew. */
function onSignedOut() {
  tellAll({ type: 'signed_out' });
  ports.clear();
  server = null;
  rows.clear();
  snapshots.clear();
  close();
}

function retryLater() {
  if (ports.size === 0 || retryTimer !== null || next !== null) return;
  const base = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(10, state.attempt));
  const wait = Math.round(base * (0.5 + Math.random() / 2));
  state.attempt += 1;
  state.retryAt = Date.now() + wait;
  retryTimer = setTimeout(open, wait);
  tellAll(state);
}

function open() {
  clearTimeout(retryTimer);
  retryTimer = null;
  state.retryAt = null;
  if (ports.size === 0) return;
  const scopes = union();
  const query = scopes.map((scope) => `scope=${encodeURIComponent(scope)}`).join('&');
  if (next) next.source.close();
  const source = new EventSource(`${BASE}api/stream${query === '' ? '' : `?${query}`}`);
  const stream = { source, scopes, openedAt: Date.now() };
  next = stream;
  for (const kind of KINDS) source.addEventListener(kind, (event) => onFrame(stream, kind, event.data));
  source.onerror = () => onError(stream);
  tellAll(state);
}

function rescope() {
  clearTimeout(narrowTimer);
  narrowTimer = null;
  if (ports.size === 0) return close();
  const wanted = union();
  const stream = next ?? current;
  if (stream === null) {
    if (retryTimer === null) open();
    return;
  }
  if (wanted.some((scope) => !stream.scopes.includes(scope))) open();
  else if (wanted.length < stream.scopes.length) narrowTimer = setTimeout(open, NARROW_AFTER_MS);
}

function close() {
  clearTimeout(retryTimer);
  retryTimer = null;
  current?.source.close();
  next?.source.close();
  current = null;
  next = null;
  Object.assign(state, { open: false, attempt: 0, retryAt: null });
}

function onMessage(port, message) {
  if (typeof message !== 'object' || message === null) return;
  if (message.type === 'bye') {
    ports.delete(port);
    rescope();
    return;
  }
  const tab = ports.get(port) ?? { scopes: [], seenAt: 0 };
  const isNew = !ports.has(port);
  tab.seenAt = Date.now();
  ports.set(port, tab);
  if (message.type === 'retry') {
    state.attempt = 0;
    open();
  }
  if (message.type === 'watch' && Array.isArray(message.scopes)) {
    const added = message.scopes.filter((scope) => !tab.scopes.includes(scope));
    tab.scopes = message.scopes;
    tell(port, state);
    if (isNew) catchUp(port, tab.scopes);
    else for (const scope of added) if (snapshots.has(scope)) tell(port, { type: 'frame', ...snapshots.get(scope) });
    rescope();
  }
  // A tab that was taken for dead (frozen, or back from the page cache) and speaks again.
  if (message.type === 'ping' && isNew) tell(port, { type: 'who' });
}

setInterval(() => {
  const now = Date.now();
  for (const [port, tab] of ports) if (now - tab.seenAt > PORT_DEAD_MS) ports.delete(port);
  if (ports.size === 0) return close();
  for (const stream of [current, next]) {
    if (stream === null) continue;
    const heardAt = stream === next ? stream.openedAt : Math.max(stream.openedAt, state.lastFrameAt ?? 0);
    if (now - heardAt > SILENT_MS) onError(stream);
  }
}, 1000);

if ('SharedWorkerGlobalScope' in self) {
  self.onconnect = (event) => {
    const port = event.ports[0];
    port.onmessage = (message) => onMessage(port, message.data);
    port.start();
  };
} else {
  self.onmessage = (message) => onMessage(self, message.data);
}
