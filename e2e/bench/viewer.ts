// One viewer of Howdah's event stream, as small as it can be: counts frames and knows when the last one came. It follows
// the rules of a browser's EventSource without its reconnecting.

import { type ClientRequest, get, type IncomingMessage } from 'node:http';

export class StreamViewer {
  frames = 0;
  readonly byEvent = new Map<string, number>();
  readonly openedAt = Date.now();
  lastFrameAt: number | null = null;
  /** null: open. Else why it ended. */
  ended: string | null = null;
  readonly #request: ClientRequest;
  #answer: IncomingMessage | null = null;

  constructor(url: string, scopes: readonly string[], onData?: (event: string, data: string) => void) {
    const query = scopes.map((scope) => `scope=${encodeURIComponent(scope)}`).join('&');
    this.#request = get(
      `${url}/api/stream?${query}`,
      { agent: false, headers: { accept: 'text/event-stream' } },
      (answer) => {
        this.#answer = answer;
        if (answer.statusCode !== 200) return this.#end(`status ${answer.statusCode}`);
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
          for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
            this.#take(text.slice(0, at), onData);
            text = text.slice(at + 2);
          }
        });
        answer.once('end', () => this.#end('closed by the server'));
        answer.once('error', (error) => this.#end(error.message));
      },
    );
    this.#request.once('error', (error) => this.#end(error.message));
  }

  #take(block: string, onData: ((event: string, data: string) => void) | undefined): void {
    const line = (name: string): string => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '';
    const event = line('event');
    this.frames += 1;
    this.lastFrameAt = Date.now();
    this.byEvent.set(event, (this.byEvent.get(event) ?? 0) + 1);
    onData?.(event, line('data'));
  }

  #end(reason: string): void {
    this.ended ??= reason;
  }

  /** Stops reading without closing, as a sleeping phone does. */
  freeze(): void {
    this.#answer?.pause();
  }

  thaw(): void {
    this.#answer?.resume();
  }

  close(): void {
    this.#end('closed by the viewer');
    this.#request.destroy();
  }
}
