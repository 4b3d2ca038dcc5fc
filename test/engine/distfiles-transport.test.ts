// TLS and proxies: a certificate that cannot be trusted is refused and named, and proxies are used as the environment names them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
} from '../../src/engine/distfiles/http-client.ts';
import { SHORT_LIMITS } from '../support/distfile-fixtures.ts';
import { useMisbehavingServers } from '../support/misbehaving-server.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const startServer = useMisbehavingServers();
const signal = new AbortController().signal;

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl && process.env['REQUIRE_TOOLS'] === '1') throw new Error('openssl is required');

const open: { servers: Server[]; clients: HttpClient[] } = { servers: [], clients: [] };
afterEach(async () => {
  for (const client of open.clients.splice(0)) client.close();
  for (const server of open.servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<number> {
  open.servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function drain(answer: HttpAnswer): Promise<string> {
  const pieces: Buffer[] = [];
  await answer.read((piece) => {
    pieces.push(piece);
    return null;
  });
  return Buffer.concat(pieces).toString();
}

function clientWith(env: NodeJS.ProcessEnv): HttpClient {
  const client = createHttpClient(SHORT_LIMITS, env);
  open.clients.push(client);
  return client;
}

/** An HTTPS server whose certificate nobody has signed. */
async function selfSigned(): Promise<number> {
  const folder = tempFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject],
    ...['-keyout', key, '-out', cert],
  ]);
  expect(made.status).toBe(0);
  const files = { key: readFileSync(key), cert: readFileSync(cert) };
  return listen(createHttpsServer(files, (_request, response) => response.end('secret')));
}

describe.skipIf(!hasOpenssl)('TLS (needs openssl)', () => {
  it('a certificate that nobody vouches for is refused', async () => {
    const port = await selfSigned();
    await expect(clientWith({}).ask(`https://127.0.0.1:${port}/x`, { signal })).rejects.toMatchObject({
      reason: 'tls',
      message: expect.stringContaining('SELF_SIGNED') as string,
    });
  });

  it('an https address goes through the proxy by CONNECT, and is checked all the same', async () => {
    const port = await selfSigned();
    const asked: string[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, socket) => {
      asked.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [onward, socket]) end.on('error', () => undefined);
    });
    const proxyPort = await listen(proxy);
    const client = clientWith({ https_proxy: `http://user:pa%20ss@127.0.0.1:${proxyPort}` });
    await expect(client.ask('https://files.example.org/x', { signal })).rejects.toMatchObject({
      reason: 'tls',
    });
    expect(asked).toEqual([`files.example.org:443 Basic ${Buffer.from('user:pa ss').toString('base64')}`]);
  });

  it('a server that speaks no TLS on an https address is named as such', async () => {
    const server = await startServer({ files: new Map() });
    await expect(clientWith({}).ask(server.url.replace('http:', 'https:'), { signal })).rejects.toMatchObject(
      { reason: 'tls' },
    );
  });
});

describe('an http proxy', () => {
  it('is asked for the whole address', async () => {
    const server = await startServer({ files: new Map([['x', Buffer.from('through')]]) });
    const asked: string[] = [];
    const proxy = createHttpServer((request, response) => {
      asked.push(`${request.url ?? ''} ${request.headers.host ?? ''}`);
      void fetch(`${server.url}/x`).then(async (answer) => response.end(await answer.text()));
    });
    const client = clientWith({ http_proxy: `127.0.0.1:${await listen(proxy)}` });
    const answer = await client.ask('http://files.example.org/x', { signal });
    expect(await drain(answer)).toBe('through');
    expect(asked).toEqual(['http://files.example.org/x files.example.org']);
  });

  it('that refuses, or is not there, is named', async () => {
    const proxy = createHttpServer();
    proxy.on('connect', (_request, socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    );
    const port = await listen(proxy);
    await expect(
      clientWith({ https_proxy: `http://127.0.0.1:${port}` }).ask('https://files.example.org/x', { signal }),
    ).rejects.toMatchObject({ reason: 'refused', message: 'the proxy answered HTTP 407' });
    await expect(
      clientWith({ https_proxy: 'http://127.0.0.1:9' }).ask('https://files.example.org/x', { signal }),
    ).rejects.toMatchObject({ reason: 'unreachable' });
  });
});

describe('a connection', () => {
  it('is used again', async () => {
    const sockets = new Set<unknown>();
    const server = createHttpServer((request, response) => {
      sockets.add(request.socket);
      response.end('x'.repeat(1000));
    });
    const port = await listen(server);
    const client = clientWith({});
    for (let time = 0; time < 5; time += 1) {
      const answer = await client.ask(`http://127.0.0.1:${port}/`, { signal });
      await drain(answer);
    }
    expect(sockets.size).toBe(1);
  });

  it('that the server closes just before it is used again costs nothing', async () => {
    const server = createHttpServer((request, response) => {
      response.end('x');
      // Without a word of it, as servers do whose patience has ended.
      response.once('finish', () => setTimeout(() => request.socket.destroy(), 20));
    });
    const port = await listen(server);
    const client = clientWith({});
    for (let time = 0; time < 10; time += 1) {
      const answer = await client.ask(`http://127.0.0.1:${port}/`, { signal });
      await drain(answer);
      await new Promise((resolve) => setTimeout(resolve, 15 + time));
    }
  });

  it('is given up at once when the caller does', async () => {
    const server = await startServer({ files: new Map(), behave: () => ({ kind: 'silent' }) });
    const controller = new AbortController();
    const asking = clientWith({}).ask(`${server.url}/x`, { signal: controller.signal });
    asking.catch(() => undefined);
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
  });
});
