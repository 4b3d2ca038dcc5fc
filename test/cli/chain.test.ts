// The chain, the bill of materials and the look for what is no text, with the built command line.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../support/built.ts';
import { DIGITS, smallCheckout } from '../support/chain-checkout.ts';
import { type Outcome, runCli } from '../support/cli.ts';
import { scriptedImage } from '../support/scripted-data.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
beforeAll(ensureBuilt);

function setUp(): { root: string; run: (...words: string[]) => Promise<Outcome> } {
  const root = makeFolder();
  for (const [path, text] of Object.entries(smallCheckout())) {
    mkdirSync(dirname(join(root, 'lb', path)), { recursive: true });
    writeFileSync(join(root, 'lb', path), text);
  }
  const env = { SEEDBED_HOME: join(root, 'home') };
  return { root, run: (...words) => runCli([...words, '--checkout', join(root, 'lb')], env) };
}

it('says why something is there, writes files, and ends with 1 where the chain is broken', async () => {
  const { root, run } = setUp();
  const why = await run('audit', 'why', 'gcc-9.0');
  expect(why.stdout).toMatch(/gcc-9\.0#1[^]*compiler, in force +steps\/manifest:13[^]*boot-sector/);
  expect(why.code).toBe(0);

  const out = join(root, 'chain.svg');
  expect((await run('audit', 'chain', '--format', 'svg', '--out', out)).code).toBe(0);
  expect(readFileSync(out, 'utf8')).toContain('<svg ');
  expect((await run('audit', 'chain', '--format', 'svg', '--out', out)).stderr).toContain(
    'error[FILE_EXISTS]',
  );

  writeFileSync(join(root, 'lb', 'steps', 'kern-1', 'pass1.kaem'), 'elsewhere -o kern kern.c\n');
  const broken = await run('audit', 'chain');
  expect(broken.stdout).toContain('do not reach the boot sector');
  expect(broken.code).toBe(1);
  expect((await run('audit', 'why', 'kern-1')).stderr).toContain('error[CHAIN_BROKEN]');
});

it('writes the bill both ways, and finds the one file that is no text', async () => {
  const { root, run } = setUp();
  const csv = await run('sbom', '--format', 'csv');
  expect(csv.stdout.split('\r\n')[0]).toBe('name,type,usage,url,checksum');
  const bom = await run('sbom');
  expect(JSON.parse(bom.stdout)).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });

  expect((await run('audit', 'blobs', '--no-distfiles')).code).toBe(0);
  writeFileSync(join(root, 'lb', 'steps', 'tool.bin'), Buffer.from('7f454c4601', 'hex'));
  const found = await run('audit', 'blobs', '--no-distfiles');
  expect(found.stdout).toMatch(/steps\/tool\.bin.*ELF program.*not explained/);
  expect(found.code).toBe(1);
});

it('writes the bill of an image: its hashes, and which of its disks carry each file', async () => {
  const { root, run } = setUp();
  const id = 'kernel-bootstrap-0123456789ab';
  const folder = join(root, 'home', 'images', id);
  mkdirSync(folder, { recursive: true });
  const carried = { name: 'mes-1.0.tar.gz', sha256: DIGITS, sizeBytes: 1, on: ['boot' as const] };
  const { record } = scriptedImage(id, { distfiles: [carried] });
  writeFileSync(join(folder, 'image.json'), JSON.stringify(record));
  writeFileSync(join(folder, record.disks[0].file), '');
  const bom = JSON.parse((await run('sbom', '--image', id)).stdout) as {
    metadata: { component: { name: string; version: string; properties: object[] } };
    components: { 'bom-ref': string; properties?: object[] }[];
  };
  expect(bom.metadata.component).toMatchObject({ name: 'live-bootstrap image', version: record.inputDigest });
  const [disk] = record.disks;
  expect(bom.metadata.component.properties).toContainEqual({
    name: expect.stringMatching(/:disk:boot$/) as string,
    value: `${disk.file} sha256 ${disk.sha256}`,
  });
  const file = bom.components.find((one) => one['bom-ref'] === `distfile:${DIGITS}`);
  expect(file?.properties).toContainEqual({
    name: expect.stringMatching(/:on-disk$/) as string,
    value: 'boot',
  });
  const none = await run('sbom', '--image', 'kernel-bootstrap-ba9876543210');
  expect(none.stderr).toContain('error[IMAGE_NOT_FOUND]');
  expect(none.code).not.toBe(0);
});
