// The file server: what it gives and what it does not, with curl as the judge where there is one.
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type FileServer, type FileSource, startFileServer } from '../../src/engine/mirror/file-server.ts';
import { serveFolder, serveStore } from '../../src/engine/mirror/served-files.ts';
import {
  bytesOf,
  NO_CHOICES,
  openTestDistfiles,
  quietJob,
  sha256Of,
  wantedFile,
} from '../support/distfile-fixtures.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const servers: FileServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(source: FileSource, port = 0): Promise<FileServer> {
  const server = await startFileServer(source, { host: '127.0.0.1', port });
  servers.push(server);
  return server;
}

const CONTENT = bytesOf('served', 200_000);

async function folderServer(): Promise<{ server: FileServer; folder: string }> {
  const folder = tempFolder();
  await writeFile(join(folder, 'gcc-1.0+x.tar.gz'), CONTENT);
  await writeFile(join(folder, 'empty'), '');
  await writeFile(join(folder, '.hidden'), 'hidden');
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'sub', 'inside'), 'inside');
  await symlink('/etc/passwd', join(folder, 'link'));
  return { server: await serve(await serveFolder(folder)), folder };
}

/** The answer to a request as it is written, headers and body. */
function askRaw(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setEncoding('latin1').on('data', (data: string) => (text += data));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('a folder', () => {
  it('is served by name, whole, with its size and validators', async () => {
    const { server } = await folderServer();
    const answer = await fetch(`${server.url}/gcc-1.0%2Bx.tar.gz`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('200000');
    expect(answer.headers.get('accept-ranges')).toBe('bytes');
    expect(answer.headers.get('etag')).toMatch(/^"200000-\d+"$/);
    expect(Buffer.from(await answer.arrayBuffer()).equals(CONTENT)).toBe(true);
  });

  it('in pieces, when the condition holds; whole, when it does not', async () => {
    const { server } = await folderServer();
    const url = `${server.url}/gcc-1.0%2Bx.tar.gz`;
    const etag = (await fetch(url, { method: 'HEAD' })).headers.get('etag') ?? '';
    for (const condition of [{}, { 'if-range': etag }]) {
      const part = await fetch(url, { headers: { range: 'bytes=150000-150009', ...condition } });
      expect(part.status).toBe(206);
      expect(part.headers.get('content-range')).toBe('bytes 150000-150009/200000');
      expect(Buffer.from(await part.arrayBuffer()).equals(CONTENT.subarray(150_000, 150_010))).toBe(true);
    }
    const whole = await fetch(url, { headers: { range: 'bytes=150000-', 'if-range': '"another"' } });
    expect(whole.status).toBe(200);
    expect((await whole.arrayBuffer()).byteLength).toBe(200_000);
    const beyond = await fetch(url, { headers: { range: 'bytes=200000-' } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */200000']);
  });

  it('HEAD says the same without a body, and an empty file is empty', async () => {
    const { server } = await folderServer();
    const head = await fetch(`${server.url}/gcc-1.0%2Bx.tar.gz`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '200000', '']);
    const empty = await fetch(`${server.url}/empty`);
    expect([empty.status, await empty.text()]).toEqual([200, '']);
  });

  it.each([
    ['/..%2f..%2fetc%2fpasswd', 400],
    ['/../../etc/passwd', 400],
    ['/%2e%2e/etc/passwd', 400],
    ['/sub/inside', 400],
    ['/sub', 404],
    ['/link', 404],
    ['/.hidden', 400],
    ['/.', 400],
    ['/%00', 400],
    ['/%ff%fe', 400],
    ['/nothing', 404],
    ['//', 400],
  ])('%s is not there', async (path, status) => {
    const { server } = await folderServer();
    const text = await askRaw(server.port, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(text).not.toMatch(/root:|hidden$|inside/);
    expect(text.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not answered', async (method) => {
    const { server } = await folderServer();
    const answer = await fetch(`${server.url}/empty`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('has a page with the names, escaped, without hidden ones', async () => {
    const folder = tempFolder();
    await writeFile(join(folder, '<img src=x>'), '');
    await writeFile(join(folder, '.hidden'), '');
    const server = await serve(await serveFolder(folder));
    const page = await (await fetch(`${server.url}/`)).text();
    expect(page).toContain('<a href="%3Cimg%20src%3Dx%3E">&#60;img src=x&#62;</a>');
    expect(page).not.toContain('hidden');
  });

  it('that is not there is said so', async () => {
    await expect(serveFolder('/no/such/folder')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('many requests come over one connection', async () => {
    const { server } = await folderServer();
    const text = await askRaw(
      server.port,
      'GET /empty HTTP/1.1\r\nhost: x\r\n\r\nGET /gcc-1.0+x.tar.gz HTTP/1.1\r\nhost: x\r\nrange: bytes=0-3\r\nconnection: close\r\n\r\n',
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 206']);
  });

  it('a second server on the same port is told that it is taken', async () => {
    const { server, folder } = await folderServer();
    await expect(
      startFileServer(await serveFolder(folder), { host: '127.0.0.1', port: server.port }),
    ).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    });
  });

  it('closing does not wait for those who are still reading', async () => {
    const { server } = await folderServer();
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write('GET /gcc-1.0+x.tar.gz HTTP/1.1\r\nhost: x\r\n\r\n'),
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    socket.on('error', () => undefined);
    await server.close();
    socket.destroy();
  });
});

describe('the store', () => {
  it('is served under the wanted names and by hash, with the hash as validator', async () => {
    const distfiles = await openTestDistfiles(tempFolder());
    const folder = tempFolder();
    await writeFile(join(folder, 'x'), CONTENT);
    const wanted = [wantedFile('one.tar.gz', CONTENT), wantedFile('not-there.tar.gz', Buffer.from('y'))];
    await distfiles.import(folder, wanted, quietJob());
    const server = await serve(
      serveStore(distfiles.store, new Map(wanted.map(({ name, sha256 }) => [name, sha256]))),
    );
    const sha256 = sha256Of(CONTENT);
    for (const name of ['one.tar.gz', sha256]) {
      const answer = await fetch(`${server.url}/${name}`);
      expect([answer.status, answer.headers.get('etag')]).toEqual([200, `"${sha256}"`]);
      expect(sha256Of(Buffer.from(await answer.arrayBuffer()))).toBe(sha256);
    }
    expect((await fetch(`${server.url}/not-there.tar.gz`)).status).toBe(404);
    expect(await (await fetch(server.url)).text()).not.toContain('not-there');
  });

  it('serves another Seedbed, which finds it by name', async () => {
    const first = await openTestDistfiles(tempFolder());
    const folder = tempFolder();
    await writeFile(join(folder, 'x'), CONTENT);
    const wanted = [wantedFile('one.tar.gz', CONTENT)];
    await first.import(folder, wanted, quietJob());
    const server = await serve(serveStore(first.store, new Map([['one.tar.gz', sha256Of(CONTENT)]])));
    const second = await openTestDistfiles(tempFolder());
    const report = await second.fetch(wanted, { ...NO_CHOICES, mirrors: [server.url] }, quietJob());
    expect(report).toMatchObject({ added: 1, missing: [] });
  });
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl && process.env['REQUIRE_TOOLS'] === '1') throw new Error('curl is required');

describe.skipIf(!hasCurl)('curl (as the guest has it)', () => {
  it('downloads, and continues a download', async () => {
    const { server } = await folderServer();
    const folder = tempFolder();
    const out = join(folder, 'out');
    await writeFile(out, CONTENT.subarray(0, 77_777));
    const curl = spawn('curl', ['-sS', '--fail', '-C', '-', '-o', out, `${server.url}/gcc-1.0+x.tar.gz`], {
      stdio: 'inherit',
    });
    expect(await new Promise((resolve) => curl.once('close', resolve))).toBe(0);
    expect((await readFile(out)).equals(CONTENT)).toBe(true);
  });
});
