// Serves a folder of bare repositories over http as git hosts do: git's own http-backend behind node:http, with faults on demand.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface GitServer {
  /** Ends in `/`; a repository's name follows. */
  url: string;
  /** Packs that were asked for, by repository, in order. */
  packs: string[];
  /** What to do with a request; undefined answers it. */
  fault:
    ((request: { repository: string; isPack: boolean; packsBefore: number }) => Fault | undefined) | null;
  /** Give no single commits: git's old protocol, and only what is advertised. */
  onlyAdvertised: boolean;
  close(): Promise<void>;
}

export type Fault =
  | { kind: 'status'; status: number }
  /** Send so many bytes of the answer and cut the line. */
  | { kind: 'cut'; afterBytes: number }
  /** Never answer. */
  | { kind: 'silence' };

const EXEC_PATH = spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim();

export function hasGitServer(): boolean {
  return existsSync(join(EXEC_PATH, 'git-http-backend'));
}

export async function startGitServer(folder: string): Promise<GitServer> {
  const server = createServer((request, response) => {
    const [, repository = ''] =
      /^\/(.+?)\/(?:info\/refs|git-upload-pack|HEAD|objects\/)/.exec(request.url ?? '') ?? [];
    const isPack = request.url?.endsWith('/git-upload-pack') === true;
    const packsBefore = handle.packs.filter((name) => name === repository).length;
    // With git's newer protocol a first question (ls-refs) goes the same way; a fetch names what it wants.
    collect(request, (body) => {
      const asksPack = isPack && /command=fetch|want [0-9a-f]{40}/.test(body.toString('latin1'));
      if (asksPack) handle.packs.push(repository);
      const fault = handle.fault?.({ repository, isPack: asksPack, packsBefore });
      if (fault?.kind === 'silence') return;
      if (fault?.kind === 'status') response.writeHead(fault.status).end();
      else answer(folder, request, body, response, fault, handle.onlyAdvertised);
    });
  });
  const handle: GitServer = {
    url: '',
    packs: [],
    fault: null,
    onlyAdvertised: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  handle.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return handle;
}

function collect(request: IncomingMessage, done: (body: Buffer) => void): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => done(Buffer.concat(parts)));
}

function answer(
  folder: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  fault: Fault | undefined,
  onlyAdvertised: boolean,
): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const child = spawn(join(EXEC_PATH, 'git-http-backend'), [], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_CONFIG_NOSYSTEM: '1',
      HOME: '/nonexistent',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header('content-type'),
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      ...(onlyAdvertised ? {} : { GIT_PROTOCOL: header('git-protocol') }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(body);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.on('close', () => {
    const output = Buffer.concat(parts);
    const end = output.indexOf('\r\n\r\n');
    const lines = output.toString('latin1', 0, end).split('\r\n');
    const status = Number(/^Status: (\d+)/m.exec(lines.join('\n'))?.[1] ?? 200);
    const headers = lines
      .filter((line) => !line.startsWith('Status:'))
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
    const content = output.subarray(end + 4);
    response.writeHead(status, [...headers.flat(), 'content-length', String(content.length)]);
    if (fault?.kind === 'cut')
      response.write(content.subarray(0, fault.afterBytes), () => response.destroy());
    else response.end(content);
  });
}
