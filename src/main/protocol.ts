// app://seedbed/: the built page over a scheme of its own, with its headers. No file:// anywhere.
import type { Protocol } from 'electron';
import { readPageFile } from '../engine/page/page-files.ts';
import { contentSecurityPolicy, PLAIN_HEADERS } from '../engine/page/page-headers.ts';

export const PAGE_SCHEME = 'app';
export const PAGE_ORIGIN = `${PAGE_SCHEME}://seedbed`;

export function registerPageScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true } },
  ]);
}

export function servePage(protocol: Protocol, folder: string): void {
  protocol.handle(PAGE_SCHEME, (request) => answer(folder, request));
}

async function answer(folder: string, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const file =
    url.host === 'seedbed' && request.method === 'GET' ? await readPageFile(folder, url.pathname) : null;
  // The contract comes through a port, never through a connection of the page's own.
  const headers = { ...PLAIN_HEADERS, 'Content-Security-Policy': contentSecurityPolicy("'none'") };
  if (file === null) return new Response('Not found\n', { status: 404, headers });
  return new Response(new Uint8Array(file.bytes), {
    headers: { ...headers, 'Content-Type': file.mediaType },
  });
}
