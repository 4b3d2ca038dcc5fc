// Signatures that lie beside a distfile at upstream's addresses: found, missing and silent are three different things.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as pgp from 'openpgp';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkFetched } from '../../src/engine/evidence/check-fetched.ts';
import { signatureAddresses } from '../../src/engine/evidence/fetch-signature.ts';
import type { SignatureReport } from '../../src/shared/model/evidence.ts';
import { useMisbehavingServers } from '../support/misbehaving-server.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const startServer = useMisbehavingServers();
const TAR = Buffer.from('a release, signed by its maker\n'.repeat(1000));

describe('a signature at upstream’s addresses', () => {
  let key: pgp.PrivateKey;
  beforeAll(async () => {
    const userIDs = [{ name: 'A Maker', email: 'maker@example.org' }];
    key = (await pgp.generateKey({ type: 'curve25519', userIDs, format: 'object' })).privateKey;
  });

  async function sign(content: Buffer): Promise<Buffer> {
    const message = await pgp.createMessage({ binary: new Uint8Array(content) });
    return Buffer.from(await pgp.sign({ message, signingKeys: key, detached: true, format: 'armored' }));
  }

  function check(urls: string[]): Promise<SignatureReport> {
    const folder = makeFolder();
    const content = gzipSync(TAR);
    writeFileSync(join(folder, 'x'), content);
    writeFileSync(join(folder, 'key.asc'), key.toPublic().armor());
    const sha256 = createHash('sha256').update(content).digest('hex');
    const paths = { file: join(folder, 'x'), key: join(folder, 'key.asc') };
    return checkFetched({ name: 'x-1.tar.gz', sha256, urls, ...paths }, {});
  }

  it('is looked for beside the file and nowhere else', () => {
    expect(signatureAddresses(['https://example.org/a/x-1.tar.xz', 'git://example.org/x'])).toEqual([
      'https://example.org/a/x-1.tar.xz.asc',
      'https://example.org/a/x-1.tar.xz.sig',
      'https://example.org/a/x-1.tar.xz.sign',
      'https://example.org/a/x-1.tar.sign',
    ]);
    expect(signatureAddresses(['http://example.org/x?id=1#y', 'nonsense'])[0]).toBe(
      'http://example.org/x.asc?id=1#y',
    );
  });

  it('is held against the stored bytes, or against what they hold, and its address is kept', async () => {
    const files = new Map([['x-1.tar.gz.sig', await sign(gzipSync(TAR))]]);
    const server = await startServer({ files });
    const report = await check([`${server.url}/x-1.tar.gz`]);
    expect(report).toMatchObject({ strength: 'modern', over: 'file' });
    expect(report.address).toBe(`${server.url}/x-1.tar.gz.sig`);
    expect(server.requests.map(({ name }) => name)).toEqual(['x-1.tar.gz.asc', 'x-1.tar.gz.sig']);

    const kernel = await startServer({ files: new Map([['x-1.tar.sign', await sign(TAR)]]) });
    const inside = await check([`${kernel.url}/x-1.tar.gz`]);
    expect(inside).toMatchObject({ strength: 'modern', over: 'uncompressed' });
    expect(inside.address).toBe(`${kernel.url}/x-1.tar.sign`);
  });

  it('is none where every address says so, pages and large files instead of one included', async () => {
    const files = new Map([
      ['x-1.tar.gz.asc', Buffer.from('<html>Not here, but with status 200</html>')],
      ['x-1.tar.gz.sig', Buffer.alloc(1_000_000, 0x88)],
    ]);
    const server = await startServer({ files });
    const report = await check([`${server.url}/x-1.tar.gz`]);
    expect(report).toMatchObject({ strength: 'none', fingerprint: null, address: null });
    expect(report.reasons.map((reason) => reason.replace(/^.*: /, ''))).toEqual([
      'something else than a signature',
      'something larger than a signature',
      'HTTP 404',
      'HTTP 404',
    ]);
  });

  it('is not known, and never none, where a server is silent, fails, or there is no address', async () => {
    const failing = await startServer({
      files: new Map(),
      behave: (name) => (name.endsWith('.sig') ? { kind: 'status', status: 503 } : undefined),
    });
    await expect(check([`${failing.url}/x-1.tar.gz`])).rejects.toMatchObject({
      code: 'SIGNATURE_NOT_FETCHED',
      data: { asked: `${failing.url}/x-1.tar.gz.sig: HTTP 503` },
    });
    const gone = await startServer({ files: new Map() });
    await gone.close();
    // One refused connection is enough to know.
    await expect(check([`${gone.url}/x-1.tar.gz`])).rejects.toMatchObject({
      code: 'SIGNATURE_NOT_FETCHED',
      data: { asked: `${gone.url}/x-1.tar.gz.asc: the connection was refused` },
    });
    await expect(check([])).rejects.toMatchObject({ code: 'SIGNATURE_NOT_FETCHED' });
  });
});
