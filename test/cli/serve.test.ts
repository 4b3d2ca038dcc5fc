// seedbed serve: the page and the contract on loopback, for who has the token and for nobody else.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { SeedbedClient } from '../../src/shared/contract/contract.ts';
import { readWireError } from '../../src/shared/wire-errors.ts';
import { type Running, runCli, startCli } from '../support/cli.ts';

let home = '';
let host: Running;
let address = new URL('http://127.0.0.1');

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'seedbed-serve-'));
  host = await startCli(['serve'], { SEEDBED_HOME: home });
  const [, url = ''] = await host.says(/(http:\/\/127\.0\.0\.1:\d+\/#token=\S+)/);
  address = new URL(url);
});
afterEach(async () => {
  host.child.kill('SIGTERM');
  await host.done;
  await rm(home, { recursive: true, force: true });
});

function connect(protocols: string[], headers: Record<string, string>): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${address.host}/`, protocols, { headers });
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  });
}

describe('the browser host', () => {
  const token = (): string => address.hash.replace('#token=', '');

  it('answers the contract to the page that has the token', async () => {
    const socket = await connect(['seedbed-1', token()], { Origin: address.origin });
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket });
    const client: SeedbedClient = createORPCClient(link);
    expect(await client.host.info({})).toMatchObject({
      host: 'browser',
      dataFolder: home,
      nativeDialog: false,
    });
    const refused = await client.place.choose({ kind: 'checkout' }).catch(readWireError);
    expect(refused).toMatchObject({ code: 'PLACE_DIALOG_UNAVAILABLE' });
    const invented = await client.place.list({ place: `place-${'0'.repeat(32)}` }).catch(readWireError);
    expect(invented).toMatchObject({ code: 'PLACE_UNKNOWN' });
    const path = await client.place.list({ place: '/etc' }).catch(readWireError);
    expect(path).toMatchObject({ code: 'INPUT_INVALID' });
    socket.close();
  });

  it.each([
    ['no token', () => ['seedbed-1'], () => address.origin, 401],
    ['a wrong token', () => ['seedbed-1', 'x'.repeat(32)], () => address.origin, 401],
    ['another site’s page', () => ['seedbed-1', token()], () => 'http://example.com', 403],
    ['a page on another port', () => ['seedbed-1', token()], () => 'http://127.0.0.1:1', 403],
  ])('refuses %s', async (_what, protocols, origin, status) => {
    expect(await connect(protocols(), { Origin: origin() })).toBe(status);
  });

  it('refuses a name that only resolves to loopback', async () => {
    expect(await connect(['seedbed-1', token()], { Origin: address.origin, Host: 'evil.example' })).toBe(403);
  });

  it('serves the page with a strict policy, and no file outside it', async () => {
    const page = await fetch(address.origin);
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    for (const path of [
      '/../cli/index.js',
      '/%2e%2e/cli/index.js',
      '/..%2fcli/index.js',
      '/%00',
      '/assets/..\\..\\x.js',
    ]) {
      expect((await fetch(address.origin + path)).status).toBe(404);
    }
    expect((await fetch(address.origin, { method: 'POST' })).status).toBe(405);
  });
});

it('a port in use is an error with a code', async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await runCli(['serve', '--port', String(port)], { SEEDBED_HOME: home });
  other.close();
  expect(code).toBe(1);
  expect(stderr).toContain('error[PORT_IN_USE]');
});
