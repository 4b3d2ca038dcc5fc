// What a page may say in the settings: addresses of servers; folders only by the token of one that was chosen.
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { createRouter } from '../../src/engine/router/router.ts';
import type { SeedbedClient } from '../../src/shared/contract/contract.ts';
import type { HostInfo } from '../../src/shared/model/host.ts';
import { readWireError } from '../../src/shared/wire-errors.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const FROM = 'https://github.com/';
const map = (...to: string[]) => ({
  checkout: { map: to.map((one, at) => ({ from: `${FROM}${at}`, to: one })) },
});

async function withClient(
  kind: HostInfo['host'],
  dataRoot: string,
  work: (client: SeedbedClient, place: (path: string) => string) => Promise<void>,
): Promise<void> {
  const engine = await openEngine({ host: { kind, choose: null }, env: process.env, dataRoot });
  try {
    await work(createRouterClient(createRouter(engine)), (path) => engine.places.mint(path).token);
  } finally {
    await engine.close();
  }
}

describe.each(['window', 'browser'] as const)('a page in the %s host', (kind) => {
  it.each([
    'file:///etc/',
    '/srv/git/',
    'ext::sh -c touch% /tmp/x',
    'https://',
    'https://a b/',
    'javascript:x',
  ])('may not map addresses to %s', async (to) => {
    await withClient(kind, join(tempFolder(), 'data'), async (client) => {
      const error = await client.settings.change(map(to)).catch(readWireError);
      expect(error).toMatchObject({ code: 'ADDRESS_REFUSED', data: { address: to } });
      expect((await client.settings.get({})).checkout.map).toEqual([]);
    });
  });

  it('may map addresses to servers and to folders that were chosen, and keeps what the command line wrote', async () => {
    const root = tempFolder();
    const data = join(root, 'data');
    await withClient('command line', data, async (client) => {
      await client.settings.change(map('file:///srv/git/'));
    });
    await withClient(kind, data, async (client, place) => {
      const servers = ['http://10.0.0.2/', 'https://x.org/', 'git://x.org/', 'ssh://git@x.org/'];
      await client.settings.change(map('file:///srv/git/', ...servers));
      const folder = place(join(root, 'my mirror'));
      const { checkout } = await client.settings.mapToFolder({ from: FROM, folder });
      expect(checkout.map.map(({ to }) => to)).toEqual([
        ...['file:///srv/git/', ...servers],
        `file://${root}/my%20mirror/`,
      ]);
      const invented = await client.settings
        .mapToFolder({ from: FROM, folder: `place-${'0'.repeat(32)}` })
        .catch(readWireError);
      expect(invented).toMatchObject({ code: 'PLACE_UNKNOWN' });
    });
  });
});
