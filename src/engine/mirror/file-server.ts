// A read-only HTTP/1.1 server of files by name: a mirror for other people, and for the guest, which has no TLS early on. GET and HEAD, byte
// ranges with If-Range (RFC 9110, 13 and 14), plain http, nothing but the names it was given.
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { osCodeOf } from '../os-errors.ts';

export interface ServedFile {
  path: string;
  /** Known for files of the store: a strong validator. */
  sha256: string | null;
}

export interface FileSource {
  /** The file of that name, or null. Called with plain names only. */
  find(name: string): Promise<ServedFile | null>;
  /** For the page at `/`. */
  names(): Promise<string[]>;
}

export interface FileServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

export interface FileServerOptions {
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** Every answer, for a log. */
  onAnswer?: (line: { method: string; name: string; status: number; bytes: number }) => void;
}

/** A connection without a request is closed after this. */
const IDLE_MILLISECONDS = 30_000;
const MOST_CONNECTIONS = 256;
/** A plain file name, as sources files have them. */
const NAME = /^(?!\.)[^/\\\0]{1,255}$/;

/** Throws PORT_IN_USE. */
export async function startFileServer(
  source: FileSource,
  { host, port, onAnswer }: FileServerOptions,
): Promise<FileServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: IDLE_MILLISECONDS }, (request, response) => {
    const method = request.method ?? '';
    const name = nameOf(request);
    response.once('close', () =>
      onAnswer?.({
        method,
        name: name ?? '',
        status: response.statusCode,
        bytes: sentBytes.get(response) ?? 0,
      }),
    );
    answer(request, response, name, source).catch(() => response.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, host, port);
  const bound = server.address() as AddressInfo;
  const shown = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    url: `http://${shown}:${bound.port}`,
    port: bound.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const sentBytes = new WeakMap<ServerResponse, number>();

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  name: string | null,
  source: FileSource,
): Promise<void> {
  request.resume();
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    say(response, 405, 'Only GET and HEAD are answered here.');
    return;
  }
  if (name === null) {
    say(response, 400, 'That is not a file name.');
    return;
  }
  if (name === '') {
    sendIndex(request, response, await source.names());
    return;
  }
  const file = await source.find(name);
  const handle = file === null ? null : await openOrNull(file.path);
  if (file === null || handle === null) {
    say(response, 404, 'There is no such file here.');
    return;
  }
  try {
    await sendFile(request, response, file, handle);
  } finally {
    await handle.close();
  }
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: ServedFile,
  handle: FileHandle,
): Promise<void> {
  const { size: sizeBytes, mtimeMs, mtime } = await handle.stat();
  const modified = mtime.toUTCString();
  const etag = file.sha256 === null ? `"${sizeBytes}-${Math.round(mtimeMs)}"` : `"${file.sha256}"`;
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('etag', etag);
  response.setHeader('last-modified', modified);
  response.setHeader('content-type', 'application/octet-stream');
  const condition = request.headers['if-range'];
  const isSame = condition === undefined || condition === etag || condition === modified;
  const range = request.method === 'GET' && isSame ? parseRange(request.headers.range, sizeBytes) : null;
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${sizeBytes}`);
    say(response, 416, 'The file is shorter than that.');
    return;
  }
  const { from, to } = range ?? { from: 0, to: sizeBytes };
  if (range !== null) response.setHeader('content-range', `bytes ${from}-${to - 1}/${sizeBytes}`);
  response.setHeader('content-length', to - from);
  response.statusCode = range === null ? 200 : 206;
  if (request.method === 'HEAD' || to === from) {
    response.end();
    return;
  }
  sentBytes.set(response, to - from);
  const bytes = createReadStream('', {
    fd: handle,
    start: from,
    end: to - 1,
    autoClose: false,
    highWaterMark: 262_144,
  });
  await pipeline(bytes, response);
}

/** One range of bytes as [from, to); null for the whole file, also when the header is not understood or asks for several (RFC 9110, 14.2). */
export function parseRange(
  header: string | undefined,
  sizeBytes: number,
): { from: number; to: number } | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return null;
  if (first === '') {
    const from = Math.max(0, sizeBytes - Number(last));
    return Number(last) === 0 || sizeBytes === 0 ? 'unsatisfiable' : { from, to: sizeBytes };
  }
  if (last !== '' && Number(last) < Number(first)) return null;
  if (Number(first) >= sizeBytes) return 'unsatisfiable';
  return { from: Number(first), to: last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1) };
}

/** `/name` → name, `/` → the empty name, anything else → null. */
function nameOf(request: IncomingMessage): string | null {
  const path = (request.url ?? '').replace(/[?#].*$/, '');
  if (path === '/') return '';
  try {
    const name = decodeURIComponent(path.slice(1));
    return path.startsWith('/') && NAME.test(name) ? name : null;
  } catch {
    return null;
  }
}

function sendIndex(request: IncomingMessage, response: ServerResponse, names: string[]): void {
  const links = names.map((name) => `<li><a href="${encodeURIComponent(name)}">${escapeHtml(name)}</a></li>`);
  const page = `<!doctype html><meta charset="utf-8"><title>Distfiles</title><h1>Distfiles</h1><ul>\n${links.join('\n')}\n</ul>\n`;
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader('content-security-policy', "default-src 'none'");
  response.setHeader('content-length', Buffer.byteLength(page));
  response.end(request.method === 'HEAD' ? undefined : page);
}

function say(response: ServerResponse, status: number, words: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`${words}\n`);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Regular files only: no pipe is waited for, and no link leads out of the folder. */
async function openOrNull(path: string): Promise<FileHandle | null> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  let handle: FileHandle;
  try {
    handle = await open(path, flags);
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(osCodeOf(error) ?? ''))
      return null;
    throw error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return null;
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(osCodeOf(error) === 'EADDRINUSE' ? new SeedbedError('PORT_IN_USE', { port }) : error),
    );
    server.listen(port, host, resolve);
  });
}
