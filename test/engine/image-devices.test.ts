// What needs the kernel and root: file systems that were not unmounted, and block devices.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withSource } from '../../src/engine/bytes/open-source.ts';
import { buildImage } from '../../src/engine/image/build.ts';
import { listContents } from '../../src/engine/image-reading/list-contents.ts';
import { mapDisk } from '../../src/engine/image-reading/map-disk.ts';
import { verifyImage } from '../../src/engine/image-reading/verify-image.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { makeCheckout } from '../support/checkout-fixture.ts';
import { hasE2fsprogs } from '../support/ext-images.ts';
import { fuzzOnce, extBase } from '../support/fuzz-images.ts';
import { randomNumbers } from '../support/mutations.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();

function run(program: string, ...args: string[]): string {
  const done = spawnSync(program, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${program}: ${done.stderr}`);
  return done.stdout.trim();
}

/** May we mount an image here, and have it as a block device? */
const canMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !hasE2fsprogs) return false;
  const folder = mkdtempSync(join(tmpdir(), 'seedbed-probe-'));
  try {
    mkdirSync(join(folder, 'mnt'));
    run('truncate', '-s', '4M', join(folder, 'probe.img'));
    run('mke2fs', '-q', '-F', '-t', 'ext4', join(folder, 'probe.img'));
    run('mount', '-o', 'loop', join(folder, 'probe.img'), join(folder, 'mnt'));
    run('umount', join(folder, 'mnt'));
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

/** An image as a machine leaves it that is switched off: nearly everything is in its journal only. */
function makeUnmounted(folder: string, options: readonly string[], size = '64M'): string {
  const [disk, copy, mount] = [join(folder, 'disk.img'), join(folder, 'copy.img'), join(folder, 'mnt')];
  mkdirSync(mount);
  run('truncate', '-s', size, disk);
  run('mke2fs', '-q', '-F', ...options, disk);
  run('mount', '-o', 'loop,commit=300', disk, mount);
  try {
    const script = `cd "$1" && mkdir repo && for i in $(seq 1 100); do echo "package $i" > repo/pkg-$i; done && sync &&
      rm repo/pkg-1 repo/pkg-2 && mkdir later && echo later > later/x && sync && cp "$2" "$3"`;
    run('sh', '-c', script, 'sh', mount, disk, copy);
  } finally {
    run('umount', mount);
  }
  return copy;
}

describe.skipIf(!canMount)('with the kernel’s help (needs root, loop devices and e2fsprogs)', () => {
  test.each([
    ['ext4', ['-t', 'ext4']],
    ['ext3', ['-t', 'ext3']],
    ['ext4 with a plain journal', ['-t', 'ext4', '-b', '1024', '-O', '^64bit,^metadata_csum']],
  ])('%s that was not unmounted is read with what its journal holds', async (_name, options) => {
    const copy = makeUnmounted(makeFolder(), options);
    const list = (path: string) => listContents({ diskPath: copy, path, from: 0, limit: 1000 });
    const { entries, warnings, reader } = await list('/repo');
    expect(reader).toMatchObject({ name: 'ext2fs', exceptionCount: 0 });
    expect([entries.length, entries.some(({ label }) => label === 'pkg-1')]).toEqual([98, false]);
    expect((await list('/later')).entries).toMatchObject([{ path: '/later/x', sizeBytes: 6 }]);
    expect(warnings).toEqual([expect.stringContaining('what its journal holds is shown')]);
    const { regions, fileSystems } = await withSource(copy, (source) => mapDisk(source, {}));
    const free = regions
      .filter(({ kind }) => kind === 'free')
      .reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    // e2fsck applies the journal for good; it says what is free then.
    copyFileSync(copy, `${copy}.fixed`);
    spawnSync('e2fsck', ['-fy', `${copy}.fixed`]);
    const stated = /^Free blocks:\s+(\d+)$/m.exec(run('dumpe2fs', '-h', `${copy}.fixed`))?.[1];
    expect(free / (fileSystems[0]?.blockBytes ?? 1)).toBe(Number(stated));
  });

  test('300 damaged journals are read or refused with a code', async () => {
    const copy = makeUnmounted(makeFolder(), ['-t', 'ext3', '-b', '1024', '-J', 'size=1'], '4M');
    const plain = await extBase('not unmounted', copy);
    const { regions } = await withSource(copy, (source) => mapDisk(source, {}));
    const journal = regions
      .filter(({ kind }) => kind === 'journal')
      .map(({ offsetBytes, lengthBytes }) => [offsetBytes, offsetBytes + lengthBytes] as const);
    const base = { ...plain, hot: [...journal, ...plain.hot] };
    const random = randomNumbers(6);
    const answers = new Set<string>();
    for (let index = 0; index < 300; index += 1) answers.add(await fuzzOnce(base, random));
    expect([...answers].sort()).toEqual(['CONTENT_UNREADABLE', 'read']);
  });

  test('a block device is accounted for like the image that was written to it', async () => {
    const folder = makeFolder();
    const fixture = await makeCheckout(folder);
    const image = join(folder, 'some.img');
    await buildImage(bootstrapRequest(fixture), image, join(folder, 'r.json'), { replace: false });
    truncateSync(image, 20_000_256);
    const device = run('losetup', '-f', '--show', image);
    try {
      const report = await verifyImage({ path: device, checkoutPath: fixture.path, findDistfile: null }, {});
      expect([report.verdict, report.sizeBytes]).toEqual(['accounted', 20_000_256]);
    } finally {
      run('losetup', '-d', device);
    }
  });
});
