// The browser host: the built page and the contract over one WebSocket, on loopback. Who has no token gets no contract:
// the token is in the printed URL's fragment, which browsers send to nobody, and comes back as a WebSocket subprotocol.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { osCodeOf } from '../engine/os-errors.ts';
import { readPageFile } from '../engine/page/page-files.ts';
import { contentSecurityPolicy, PLAIN_HEADERS } from '../engine/page/page-headers.ts';
import { SeedbedError } from '../shared/errors.ts';
import { WEB_SUBPROTOCOL } from '../shared/web-protocol.ts';

export interface WebHost {
  /** What a person opens: address, port and token. */
  url: string;
  port: number;
  close(): Promise<void>;
}

export interface WebHostOptions {
  router: AnyRouter;
  /** Folder of the built page (out/renderer). */
  pageFolder: string;
  /** 0 for any free port. */
  port: number;
}

const LOOPBACK = '127.0.0.1';
/** Larger than any call of the contract; a page that sends more is not ours. */
const LARGEST_MESSAGE_BYTES = 1_048_576;

export async function startWebHost({ router, pageFolder, port }: WebHostOptions): Promise<WebHost> {
  const token = randomBytes(24).toString('base64url');
  const folder = resolve(pageFolder);
  const handler = new RPCHandler(router);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE_BYTES,
    handleProtocols: () => WEB_SUBPROTOCOL,
  });
  const server = createServer((request, response) => void servePage(folder, request, response));
  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  const origins = [LOOPBACK, 'localhost'].map((name) => `${name}:${bound}`);

  server.on('upgrade', (request, socket, head) => {
    const refusal = refuseUpgrade(request, token, origins);
    if (refusal !== null) {
      refuse(socket, refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      void handler.upgrade(webSocket);
    });
  });

  return {
    url: `http://${LOOPBACK}:${bound}/#token=${token}`,
    port: bound,
    async close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

async function servePage(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(PLAIN_HEADERS)) response.setHeader(name, value);
  response.setHeader('Content-Security-Policy', contentSecurityPolicy("'self'"));
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405).end();
    return;
  }
  const file = await readPageFile(folder, (request.url ?? '/').split('?')[0] ?? '/');
  if (file === null) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found\n');
    return;
  }
  response.writeHead(200, { 'Content-Type': file.mediaType, 'Content-Length': file.bytes.length });
  response.end(request.method === 'HEAD' ? undefined : file.bytes);
}

/** Why a WebSocket is refused, as an HTTP status line; null when it may go on. Host and Origin stop other sites' pages. */
function refuseUpgrade(request: IncomingMessage, token: string, names: string[]): string | null {
  const { host, origin } = request.headers;
  if (host === undefined || !names.includes(host)) return '403 Forbidden';
  if (origin === undefined || !names.some((name) => origin === `http://${name}`)) return '403 Forbidden';
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim());
  if (!offered.includes(WEB_SUBPROTOCOL) || !offered.some((word) => isSame(word, token)))
    return '401 Unauthorized';
  return null;
}

function isSame(given: string, token: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((done, fail) => {
    server.once('error', (error) => {
      fail(
        osCodeOf(error) === 'EADDRINUSE'
          ? new SeedbedError('PORT_IN_USE', { port }, { cause: error })
          : error,
      );
    });
    server.listen(port, LOOPBACK, done);
  });
}
