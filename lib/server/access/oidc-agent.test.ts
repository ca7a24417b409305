import { once } from 'node:events';
import { get } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { oidcAgent } from './oidc-agent';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function provider(answer: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { sockets, url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}` };
}

function ask(url: string, ms = 60_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: oidcAgent(url, { bytes: 1024 * 1024, ms }) }, async (answer) => {
      let text = '';
      try {
        for await (const chunk of answer) text += String(chunk);
        resolve(text);
      } catch (error) {
        reject(error);
      }
    });
    request.once('error', reject);
  });
}

it('what a provider says is read whole', async () => {
  const body = JSON.stringify({ keys: ['x'.repeat(100_000)] });
  const { url } = await provider((socket) => socket.end(`${HEAD}content-length: ${body.length}\r\n\r\n${body}`));
  expect(await ask(url)).toBe(body);
});

it('a body without end costs no memory, headers without end neither', async () => {
  for (const begin of [`${HEAD}\r\n`, `${HEAD}x-more: `, HEAD]) {
    const { url, sockets } = await provider((socket) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const go = (): void => {
        while (!socket.destroyed && socket.bytesWritten < 256 * 1024 * 1024) if (!socket.write(chunk)) return;
      };
      socket.write(begin);
      socket.on('drain', go);
      go();
    });
    await expect(ask(url)).rejects.toThrow();
    expect(sockets[0]?.bytesWritten).toBeLessThan(32 * 1024 * 1024);
  }
});

it('an answer that drips ends', async () => {
  const { url } = await provider((socket) => {
    socket.write(`${HEAD}\r\n`);
    const drip = setInterval(() => socket.write(' '), 20);
    ends.push(() => clearInterval(drip));
  });
  await expect(ask(url, 500)).rejects.toThrow();
});
