// The root tree of a sandbox: what upstream's generator prepares, as files that share nothing with the store that they came from.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planTree } from '../../src/engine/sandbox/plan-tree.ts';
import { writeTree } from '../../src/engine/sandbox/write-tree.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { type CheckoutFixture, makeCheckout } from '../support/checkout-fixture.ts';
import { refusalOf } from '../support/refusals.ts';
import { quietContext } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const ELF = new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 1, 2, 3]);

function makeSeeded(root: string): Promise<CheckoutFixture> {
  return makeCheckout(root, {
    edit: (files) => {
      files.set('seed/stage0-posix/bootstrap-seeds/POSIX/x86/kaem-optional-seed', ELF);
      files.set('seed/preseeded.kaem', 'start it\n');
    },
  });
}

describe('the root tree of a sandbox', () => {
  it('has the seeds, the steps with their configuration, and the distfiles inside', async () => {
    const root = makeFolder();
    const fixture = await makeSeeded(root);
    const plan = await planTree('chroot', bootstrapRequest(fixture), {});
    const tree = join(root, 'tree');
    await writeTree(tree, plan.entries, quietContext);
    const read = (path: string): string => readFileSync(join(tree, path), 'utf8');
    // generator.py, stage0_posix: the seed is /init, too. Files of seed/ go over those of stage0-posix.
    expect(readFileSync(join(tree, 'init'))).toEqual(Buffer.from(ELF));
    expect(read('bootstrap-seeds/POSIX/x86/hex0-seed')).toBe('seeds stay out\n');
    expect(read('after.kaem')).toBe('the after of seed/\n');
    expect(read('steps/bootstrap.cfg')).toMatch(/^CHROOT=True$/m);
    expect(read('steps/bootstrap.cfg')).toMatch(/^KERNEL_BOOTSTRAP=False$/m);
    expect(read('external/distfiles/alpha-1.0.tar.gz')).toBe('the bytes of alpha\n');
    expect(statSync(join(tree, 'init')).mode & 0o777).toBe(0o755);
    expect(statSync(join(tree, 'steps/manifest')).mode & 0o777).toBe(0o644);
    expect(statSync(join(tree, 'steps/manifest')).mtimeMs).toBe(0);
  });

  it('shares no file with the folder of distfiles, so that what writes to one leaves the other', async () => {
    const root = makeFolder();
    const fixture = await makeSeeded(root);
    const source = join(fixture.distfiles, 'alpha-1.0.tar.gz');
    chmodSync(source, 0o444);
    const plan = await planTree('bwrap', bootstrapRequest(fixture), {});
    await writeTree(join(root, 'tree'), plan.entries, quietContext);
    const copy = join(root, 'tree', 'external/distfiles/alpha-1.0.tar.gz');
    expect([statSync(source).nlink, statSync(copy).nlink]).toEqual([1, 1]);
    writeFileSync(copy, 'other bytes');
    expect(readFileSync(source, 'utf8')).toBe('the bytes of alpha\n');
  });

  it('takes packages of an earlier run as upstream does, under repo-preseeded', async () => {
    const root = makeFolder();
    const fixture = await makeSeeded(root);
    const repoPath = join(root, 'repo');
    mkdirSync(repoPath);
    writeFileSync(join(repoPath, 'alpha-1.0_0.tar.bz2'), 'built before');
    const request = bootstrapRequest(fixture, { repoPath, configuration: { repoPreseeded: true } });
    const { entries } = await planTree('bwrap', request, {});
    expect(entries.map(({ path }) => path)).toContain('external/repo-preseeded/alpha-1.0_0.tar.bz2');
  });

  it('takes an early preseed as upstream does, in place of stage0 and seed', async () => {
    const root = makeFolder();
    const fixture = await makeSeeded(root);
    const packed = join(root, 'packed');
    for (const folder of ['usr', 'steps', 'external']) mkdirSync(join(packed, folder), { recursive: true });
    for (const name of ['init', 'usr/early', 'steps/old', 'external/old'])
      writeFileSync(join(packed, name), 'preseeded\n');
    const preseedPath = join(root, 'preseed.tar');
    execFileSync('tar', ['-cf', preseedPath, '-C', packed, '.']);
    const request = bootstrapRequest(fixture, { preseedPath, configuration: { earlyPreseed: true } });
    const plan = await planTree('chroot', request, {});
    await writeTree(join(root, 'tree'), plan.entries, quietContext);
    const read = (path: string): string => readFileSync(join(root, 'tree', path), 'utf8');
    expect([read('init'), read('usr/early'), read('kaem.x86')]).toEqual([
      'preseeded\n',
      'preseeded\n',
      'start it\n',
    ]);
    const paths = plan.entries.map(({ path }) => path);
    expect(paths).toContain('steps/manifest');
    for (const gone of ['steps/old', 'external/old', 'after.kaem', 'x86/hex0_x86.hex0'])
      expect(paths).not.toContain(gone);
  });

  it('has one digest for the same inputs, and another for another mode or file', async () => {
    const root = makeFolder();
    const fixture = await makeSeeded(root);
    const digest = async (change: () => void = () => undefined): Promise<string> => {
      change();
      return (await planTree('bwrap', bootstrapRequest(fixture), {})).record.inputDigest;
    };
    const first = await digest();
    expect(await digest()).toBe(first);
    expect(await digest(() => writeFileSync(join(fixture.path, 'steps/env'), 'ENV=2\n'))).not.toBe(first);
  });

  it('is refused with a distfile that is missing, or other than its sum', async () => {
    const root = makeFolder();
    const fixture = await makeSeeded(root);
    const path = join(fixture.distfiles, 'alpha-1.0.tar.gz');
    writeFileSync(path, 'the bytes of ALPHA\n');
    const plan = await planTree('bwrap', bootstrapRequest(fixture), {});
    expect(await refusalOf(() => writeTree(join(root, 'tree'), plan.entries, quietContext))).toMatchObject([
      'DISTFILE_MISMATCH',
      { name: 'alpha-1.0.tar.gz' },
    ]);
    const elsewhere = { ...fixture, distfiles: makeFolder() };
    expect(await refusalOf(() => planTree('bwrap', bootstrapRequest(elsewhere), {}))).toMatchObject([
      'DISTFILE_MISSING',
      { name: 'alpha-1.0.tar.gz' },
    ]);
  });
});
