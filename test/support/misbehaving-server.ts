// A real HTTP server on loopback that does what servers of old files do: cuts connections, lies about lengths, redirects in circles, stalls,
// compresses, gives other bytes. It remembers every request.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach } from 'vitest';

export type Behaviour =
  /** As a good server does; `validator` is what If-Range is compared with. */
  | { kind: 'serve'; ranges?: boolean; validator?: 'etag' | 'date' | 'none'; chunked?: boolean }
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  /** Close the connection after so many bytes of the answer's body. */
  | { kind: 'cut'; afterBytes: number }
  | { kind: 'redirect'; to: string }
  /** Say that the body is this much longer (or shorter) than it is. */
  | { kind: 'length'; by: number }
  /** So many bytes a second, and not one more after so many. */
  | { kind: 'slow'; bytesPerSecond: number; silentAfter?: number }
  /** Take the request and say nothing. */
  | { kind: 'silent' }
  | { kind: 'gzip' }
  /** Other bytes than those that were asked for. */
  | { kind: 'wrong'; bytes: Buffer }
  /** A 206 that begins somewhere else. */
  | { kind: 'wrong-range' }
  | { kind: 'not-http' };

export interface SeenRequest {
  name: string;
  range: string | null;
  ifRange: string | null;
  encoding: string;
  method: string;
  behaviour: Behaviour['kind'];
  /** Bytes of a body that were handed to the socket. */
  sentBytes: number;
}

export interface MisbehavingServer {
  url: string;
  host: string;
  requests: SeenRequest[];
  /** Requests that were under way at once, at most. */
  readonly mostAtOnce: number;
  of(name: string): SeenRequest[];
  close(): Promise<void>;
}

export interface MisbehavingOptions {
  files: ReadonlyMap<string, Buffer>;
  /** What to do with the nth request (from 1) for a name; a good server's answer by default. */
  behave?: (name: string, nth: number) => Behaviour | undefined;
  /** Wait before each answer. */
  latencyMilliseconds?: number;
}

/** Call in a test file's top level; servers end with the test. */
export function useMisbehavingServers(): (options: MisbehavingOptions) => Promise<MisbehavingServer> {
  const servers: MisbehavingServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });
  return async (options) => {
    const server = await startMisbehavingServer(options);
    servers.push(server);
    return server;
  };
}

export async function startMisbehavingServer({
  files,
  behave,
  latencyMilliseconds = 0,
}: MisbehavingOptions): Promise<MisbehavingServer> {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let atOnce = 0;
  let mostAtOnce = 0;
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '').replace(/^.*\//, ''));
    const nth = requests.filter((seen) => seen.name === name).length + 1;
    const behaviour = behave?.(name, nth) ?? { kind: 'serve' };
    const seen: SeenRequest = {
      name,
      range: request.headers.range ?? null,
      ifRange: request.headers['if-range']?.toString() ?? null,
      encoding: request.headers['accept-encoding']?.toString() ?? '',
      method: request.method ?? '',
      behaviour: behaviour.kind,
      sentBytes: 0,
    };
    requests.push(seen);
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.once('close', () => (atOnce -= 1));
    sleep(latencyMilliseconds)
      .then(() => answer(request, response, files.get(name), behaviour, seen))
      .catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    get mostAtOnce() {
      return mostAtOnce;
    },
    of: (name) => requests.filter((seen) => seen.name === name),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  file: Buffer | undefined,
  behaviour: Behaviour,
  seen: SeenRequest,
): Promise<void> {
  const send = (bytes: Buffer): void => {
    seen.sentBytes += bytes.length;
    response.write(bytes);
  };
  if (behaviour.kind === 'status') {
    response.writeHead(behaviour.status, behaviour.headers).end('no');
    return;
  }
  if (behaviour.kind === 'redirect') {
    response.writeHead(302, { location: behaviour.to, 'content-length': 0 }).end();
    return;
  }
  if (behaviour.kind === 'silent') return;
  if (behaviour.kind === 'not-http') {
    request.socket.end('220 ftp.example.org ready\r\n');
    return;
  }
  const whole = behaviour.kind === 'wrong' ? behaviour.bytes : file;
  if (whole === undefined) {
    response.writeHead(404).end('not here');
    return;
  }
  if (behaviour.kind === 'gzip') {
    const packed = gzipSync(whole);
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length });
    send(packed);
    response.end();
    return;
  }
  const from = startOf(request, whole, behaviour);
  const body = whole.subarray(from);
  response.statusCode = from > 0 ? 206 : 200;
  if (behaviour.kind === 'serve' && behaviour.ranges === false) response.statusCode = 200;
  if (response.statusCode === 206) {
    const shown = behaviour.kind === 'wrong-range' ? from + 7 : from;
    response.setHeader('content-range', `bytes ${shown}-${whole.length - 1}/${whole.length}`);
  }
  const validator = behaviour.kind === 'serve' ? (behaviour.validator ?? 'etag') : 'etag';
  if (validator === 'etag') response.setHeader('etag', etagOf(whole));
  if (validator === 'date') response.setHeader('last-modified', DATE);
  const isChunked = behaviour.kind === 'serve' && behaviour.chunked === true;
  const lie = behaviour.kind === 'length' ? behaviour.by : 0;
  if (!isChunked) response.setHeader('content-length', body.length + lie);
  response.strictContentLength = false;
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  switch (behaviour.kind) {
    case 'cut':
      send(body.subarray(0, behaviour.afterBytes));
      await sleep(20);
      request.socket.destroy();
      return;
    case 'slow':
      await drip(body.subarray(0, behaviour.silentAfter), behaviour.bytesPerSecond, send, response);
      if (behaviour.silentAfter === undefined) response.end();
      return;
    case 'length':
      send(lie < 0 ? body.subarray(0, body.length + lie) : body);
      await sleep(20);
      request.socket.end();
      return;
    default:
      send(body);
      response.end();
  }
}

const DATE = 'Tue, 01 Jan 2019 00:00:00 GMT';

function etagOf(bytes: Buffer): string {
  return `"${bytes.length}-${bytes.subarray(0, 16).toString('hex')}"`;
}

/** Where the answer begins: ranges are honoured when the condition holds. */
function startOf(request: IncomingMessage, whole: Buffer, behaviour: Behaviour): number {
  if (behaviour.kind === 'serve' && behaviour.ranges === false) return 0;
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const condition = request.headers['if-range'];
  if (range === null || (condition !== undefined && condition !== etagOf(whole) && condition !== DATE))
    return 0;
  const from = Number(range[1]);
  return from < whole.length ? from : 0;
}

async function drip(
  body: Buffer,
  bytesPerSecond: number,
  send: (bytes: Buffer) => void,
  response: ServerResponse,
): Promise<void> {
  const piece = Math.max(1, Math.round(bytesPerSecond / 20));
  for (let at = 0; at < body.length && !response.destroyed; at += piece) {
    send(body.subarray(at, at + piece));
    await sleep(50);
  }
}
