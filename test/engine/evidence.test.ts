// What speaks for a hash: other projects' pins that ship as data, the script that makes them anew, and signatures of three kinds.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as pgp from 'openpgp';
import { beforeAll, describe, expect, it } from 'vitest';
import { allDistfiles, wantedDistfiles } from '../../src/engine/checkout/wanted-distfiles.ts';
import { checkSignature } from '../../src/engine/evidence/check-signature.ts';
import { readCorroboration } from '../../src/engine/evidence/corroboration.ts';
import { evidenceTable } from '../../src/engine/evidence/evidence-table.ts';
import { openSignatureLog } from '../../src/engine/evidence/signature-log.ts';
import { Corroboration } from '../../src/shared/model/evidence.ts';
import type { DistfileRow, WantedDistfile } from '../../src/shared/model/distfile.ts';
import { PROJECT_ROOT } from '../support/built.ts';
import { useTempFolders } from '../support/temp.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const makeFolder = useTempFolders();

function rowOf(name: string, sha256: string, urls: string[]): DistfileRow {
  const evidence = { stored: null, agreed: [], wrong: [] };
  const nothing = { git: null, steps: [], preNetwork: false, sizeBytes: null, doneBytes: 0, source: null };
  return { name, sha256, urls, evidence, state: 'missing', failures: [], ...nothing };
}

describe('pins of other projects', () => {
  it('say of each project how it comes by its hashes, and of each pin commit and path', async () => {
    const { projects, pins } = await readCorroboration();
    expect(Object.keys(pins)).toHaveLength(233);
    const independent = (name: string): boolean => projects[name]?.independent === true;
    const all = Object.values(pins);
    for (const { pinnedBy } of all)
      for (const { project } of pinnedBy) expect(projects[project]?.note.length).toBeGreaterThan(20);
    const ours = all.filter(({ pinnedBy }) => pinnedBy.some(({ project }) => independent(project)));
    expect(ours).toHaveLength(61);
    expect(independent('stagex-mirror/stagex')).toBe(false);
  });

  it('count projects, not pins, and transports as they are', () => {
    const pins = {
      ['a'.repeat(64)]: { file: 'x', pinnedBy: [pin('one/a', 'p'), pin('one/a', 'q'), pin('two/b', 'r')] },
    };
    const projects = {
      'one/a': { independent: true, note: '' },
      'two/b': { independent: false, note: '' },
    };
    const rows = [
      rowOf('x', 'a'.repeat(64), ['http://x', 'http://y']),
      rowOf('y', 'b'.repeat(64), ['http://x', 'https://y']),
      rowOf('z', 'c'.repeat(64), []),
    ];
    const table = evidenceTable(rows, { projects, pins }, new Map());
    expect(table.rows.map((one) => [one.projects, one.independentProjects, one.http, one.https])).toEqual([
      [2, 1, 2, 0],
      [0, 0, 1, 1],
      [0, 0, 0, 0],
    ]);
    expect(table.totals).toEqual({ files: 3, pinned: 1, pinnedIndependently: 1, onlyHttp: 1, noAddress: 1 });
  });

  it('are made anew by the script from a checkout that pins one', () => {
    const [lb, other, out] = [makeFolder(), makeFolder(), join(makeFolder(), 'table.json')];
    const sha256 = 'ab12'.repeat(16);
    mkdirSync(join(lb, 'steps', 'x-1'), { recursive: true });
    writeFileSync(join(lb, 'steps', 'x-1', 'sources'), `f http://example.org/x-1.tar.gz ${sha256}\n`);
    const git = (...words: string[]): string =>
      execFileSync('git', ['-C', other, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], {
        encoding: 'utf8',
      }).trim();
    git('init', '-q');
    writeFileSync(join(other, 'x.hash'), `sha256 ${sha256} x-1.tar.gz\n`);
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    const first = git('rev-parse', 'HEAD');
    writeFileSync(join(other, 'README'), 'later\n');
    git('add', '.');
    git('commit', '-q', '-m', 'two');
    execFileSync(
      process.execPath,
      [join(PROJECT_ROOT, 'scripts', 'refresh-corroboration.mjs'), lb, `new/project=${other}`],
      { env: { ...process.env, CORROBORATION_FILE: out } },
    );
    const table = Corroboration.parse(JSON.parse(readFileSync(out, 'utf8')));
    expect(table.pins[sha256]).toEqual({
      file: 'x-1.tar.gz',
      pinnedBy: [{ project: 'new/project', commit: first, path: 'x.hash' }],
    });
    expect(table.projects['new/project']).toEqual({ independent: false, note: '' });
    expect(Object.keys(table.pins)).toHaveLength(234);
  });
});

function pin(project: string, path: string): { project: string; commit: string; path: string } {
  return { project, commit: '0'.repeat(40), path };
}

describe.skipIf(checkout === undefined)(
  'pins for live-bootstrap (skipped unless LIVE_BOOTSTRAP_DIR names a checkout)',
  () => {
    it('cover 233 of the hashes, 61 of them independently', async () => {
      const place = { path: checkout ?? '' };
      const corroboration = await readCorroboration();
      const totalsOf = (wanted: readonly WantedDistfile[]): object =>
        evidenceTable(
          wanted.map(({ name, sha256, urls }) => rowOf(name, sha256, urls)),
          corroboration,
          new Map(),
        ).totals;
      const every = await allDistfiles(place);
      expect(totalsOf(every)).toMatchObject({ pinned: 233, pinnedIndependently: 61 });
      // Two of them belong to steps that the manifest does not build.
      const built = totalsOf(await wantedDistfiles(place));
      expect(built).toMatchObject({ files: 310, pinned: 231, pinnedIndependently: 60 });
    });
  },
);

describe('a detached signature', () => {
  const bytes = Buffer.from('a release, signed by its maker\n'.repeat(40_000));
  const keys: Record<string, pgp.PrivateKey> = {};
  beforeAll(async () => {
    const make = async (options: object): Promise<pgp.PrivateKey> => {
      const made = await pgp.generateKey({
        userIDs: [{ name: 'A Maker', email: 'maker@example.org' }],
        format: 'object',
        ...options,
      });
      return made.privateKey;
    };
    keys['ed25519'] = await make({ type: 'curve25519' });
    keys['other'] = await make({ type: 'curve25519' });
    const config = { minRSABits: 1024 };
    keys['short'] = await make({ type: 'rsa', rsaBits: 1024, config });
    const past = new Date(Date.now() - 1e9);
    keys['expired'] = await make({ type: 'curve25519', date: past, keyExpirationTime: 3600 });
  });

  interface Signed {
    name?: string;
    signatureName?: string;
    by: string;
    given?: string;
    content?: Buffer;
    armoured?: boolean;
    config?: object;
    date?: Date;
  }

  async function check({
    name = 'x-1.tar.gz',
    signatureName = 'x.sig',
    by,
    given = by,
    content = bytes,
    armoured = false,
    config = {},
    date,
  }: Signed) {
    const folder = makeFolder();
    const [signer, holder] = [keys[by], keys[given]];
    if (signer === undefined || holder === undefined) throw new Error('no such key');
    const message = await pgp.createMessage({ binary: new Uint8Array(bytes) });
    const made = await pgp.sign({
      message,
      signingKeys: signer,
      detached: true,
      format: 'object',
      config,
      ...(date === undefined ? {} : { date }),
    });
    const signed = armoured ? made.armor() : (made.write() as Uint8Array);
    const paths = {
      file: join(folder, 'x'),
      signature: join(folder, signatureName),
      key: join(folder, 'key'),
    };
    writeFileSync(paths.file, content);
    writeFileSync(paths.signature, signed);
    writeFileSync(paths.key, holder.toPublic().armor());
    const sha256 = createHash('sha256').update(content).digest('hex');
    return checkSignature({ name, sha256, ...paths });
  }

  it('that fits by today’s means is modern, armoured or not', async () => {
    const report = await check({ by: 'ed25519' });
    expect(report).toMatchObject({ strength: 'modern', reasons: [], hashAlgorithm: 'sha512' });
    expect(report.users).toEqual(['A Maker <maker@example.org>']);
    expect(report.fingerprint).toBe(keys['ed25519']?.getFingerprint());
    expect(await check({ by: 'ed25519', armoured: true })).toMatchObject({ strength: 'modern' });
  });

  it('that fits only by short RSA, or by a key that has expired since, is weak, and says so', async () => {
    const short = await check({ by: 'short', config: { minRSABits: 1024 } });
    expect(short.strength).toBe('weak');
    expect(short.reasons.join()).toMatch(/RSA|bits/i);
    const date = new Date(Date.now() - 1e9 + 60_000);
    const expired = await check({ by: 'expired', date });
    expect(expired.strength).toBe('weak');
    expect(expired.reasons.join()).toMatch(/expired/);
  });

  it('over other bytes, or by another key, is wrong', async () => {
    const changed = Buffer.from(bytes);
    changed[1_000_000] = 0;
    expect(await check({ by: 'ed25519', content: changed })).toMatchObject({ strength: 'wrong' });
    const other = await check({ by: 'ed25519', given: 'other' });
    expect(other).toMatchObject({ strength: 'wrong', fingerprint: null });
    expect(other.reasons.join()).toContain('none of the given keys');
  });

  it('of the kernel’s kind is over what the archive holds, and only where it is called .sign', async () => {
    const content = gzipSync(bytes);
    const kernel = { by: 'ed25519', content, signatureName: 'x-1.tar.sign' };
    expect(await check(kernel)).toMatchObject({ strength: 'modern', over: 'uncompressed', reasons: [] });
    expect(await check({ ...kernel, content: bytes })).toMatchObject({ strength: 'modern', over: 'file' });
    expect(await check({ ...kernel, signatureName: 'x-1.tar.sig' })).toMatchObject({ strength: 'wrong' });
    const other = { ...kernel, content: gzipSync(Buffer.from('other bytes')) };
    expect(await check(other)).toMatchObject({ strength: 'wrong', over: 'uncompressed' });
  });

  it('of the kernel’s kind is undecided, not wrong, where the archive cannot be opened', async () => {
    const kernel = { by: 'ed25519', signatureName: 'x-1.tar.sign', content: Buffer.from('no gzip data') };
    await expect(check(kernel)).rejects.toMatchObject({ code: 'SIGNATURE_UNDECIDED' });
    await expect(check({ ...kernel, name: 'x-1.tar.zst' })).rejects.toMatchObject({
      code: 'SIGNATURE_UNDECIDED',
      data: { reason: 'nothing here opens .zst files' },
    });
  });

  it('that is none is an error that names the file', async () => {
    const folder = makeFolder();
    const path = join(folder, 'x.sig');
    writeFileSync(path, 'no signature');
    const files = { name: 'x', sha256: 'a'.repeat(64), file: path, signature: path, key: path };
    await expect(checkSignature(files)).rejects.toMatchObject({ code: 'SIGNATURE_UNREADABLE' });
  });

  it('is remembered by the hash of the file, the last one counting', async () => {
    const log = openSignatureLog(makeFolder());
    expect(await log.read()).toEqual(new Map());
    const report = await check({ by: 'ed25519' });
    await log.add({ ...report, strength: 'weak' });
    await log.add(report);
    // That none lies beside the file later does not take away what was seen.
    await log.add({ ...report, strength: 'none', fingerprint: null });
    expect(await log.read()).toEqual(new Map([[report.sha256, report]]));
  });
});
