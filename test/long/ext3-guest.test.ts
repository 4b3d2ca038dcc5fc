// The Linux kernel as a judge: a guest under QEMU mounts the external image as ext3 and as ext4, reads it, writes to it, and loses power.
import { createHash } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DiskEntry } from '../../src/engine/image/disk-entry.ts';
import { planExternalDisk } from '../../src/engine/image/plan-external.ts';
import { writeImageData } from '../../src/engine/image/write-image.ts';
import { CLEAN, checkExt3, GIBIBYTE, hasE2fsprogs, judge, MEBIBYTE } from '../support/ext3-image.ts';
import { fetchLinuxGuest } from '../support/linux-guest.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const BOOT_MS = 600_000;

async function makeImage(folder: string): Promise<{ image: string; sums: string[] }> {
  const entries: DiskEntry[] = [{ kind: 'folder', path: 'distfiles' }];
  const sums: string[] = [];
  for (let index = 0; index < 310; index += 1) {
    const name = `distfile-${index}.tar.gz`;
    const path = join(folder, name);
    // One is larger than a block group.
    const bytes = Buffer.alloc(index === 7 ? 140 * MEBIBYTE + 1 : 1 + index * 300, `${name} `);
    writeFileSync(path, bytes);
    const facts = { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    sums.push(`${facts.sha256}  ./distfiles/${name}`);
    entries.push({
      kind: 'file',
      path: `distfiles/${name}`,
      executable: false,
      ...facts,
      content: { kind: 'file', path, distfile: name, ...facts },
    });
  }
  const disk = planExternalDisk({ entries, sizeBytes: 2 * GIBIBYTE });
  const image = join(folder, 'external.img');
  const file = await open(image, 'wx');
  await file.truncate(disk.sizeBytes);
  await writeImageData(file, image, disk, {});
  await file.close();
  truncateSync(image, disk.sizeBytes);
  return { image, sums: sums.sort() };
}

describe.skipIf(!hasE2fsprogs())('a Linux guest (needs QEMU, apt-get with a network, e2fsprogs)', () => {
  test('reads every file rightly as ext3 and as ext4, writes, and finds its journal after a loss of power', async (context) => {
    const folder = tempFolder();
    const guest = fetchLinuxGuest(folder);
    if (typeof guest === 'string') {
      if (process.env['REQUIRE_TOOLS'] === '1') throw new Error(guest);
      return context.skip(`no guest: ${guest}`);
    }
    const { image, sums } = await makeImage(folder);
    const partition = `${image}?offset=${MEBIBYTE}`;

    for (const type of ['ext3', 'ext4']) {
      const words = guest.run(
        `mount -t ${type} -o ro /dev/vda1 /mnt && grep /mnt /proc/mounts && cd /mnt && find . -type f -exec sha256sum {} \\;`,
        image,
        BOOT_MS,
      );
      expect(words).toMatch(new RegExp(`^/dev/vda1 /mnt ${type} ro`, 'm'));
      expect((words.match(/^[0-9a-f]{64} {2}\.\/.*$/gm) ?? []).sort()).toEqual(sums);
    }
    expect(checkExt3(partition)).toEqual(CLEAN);

    const written = guest.run(
      [
        'mount -t ext3 /dev/vda1 /mnt && cd /mnt/distfiles || poweroff -f',
        // Into the index that we made, so many that it must be split.
        'i=0; while [ $i -lt 2000 ]; do echo $i > added-$i-with-a-long-name; i=$((i+1)); done',
        'rm distfile-7.tar.gz; mkdir ../repo; dd if=/dev/zero of=../repo/zeros bs=1M count=64 2>/dev/null',
        'cd /; umount /mnt && echo unmounted',
      ].join('\n'),
      image,
      BOOT_MS,
    );
    expect(written).toMatch(/^unmounted$/m);
    expect(checkExt3(partition)).toEqual(CLEAN);
    expect(judge('debugfs', '-R', 'cat distfiles/added-1999-with-a-long-name', partition).words).toBe(
      '1999\n',
    );

    const lost = guest.run(
      [
        'mount -t ext4 /dev/vda1 /mnt && cd /mnt || poweroff -f',
        'mkdir lost; i=0; while [ $i -lt 300 ]; do echo $i > lost/$i; i=$((i+1)); done',
        // What fsync brought into the journal, and no more: no unmount, no sync at the end.
        'echo 300 | dd of=lost/300 conv=fsync 2>/dev/null && grep /mnt /proc/mounts; poweroff -n -f',
      ].join('\n'),
      image,
      BOOT_MS,
    );
    expect(lost).toMatch(/^\/dev\/vda1 \/mnt ext4 rw/m);
    expect(judge('dumpe2fs', '-h', partition).words).toMatch(/needs_recovery/);
    // e2fsck forgets the offset when it has replayed a journal.
    const bare = join(folder, 'partition.img');
    judge('dd', `if=${image}`, `of=${bare}`, 'bs=1M', 'skip=1', 'conv=sparse');
    const recovered = judge('e2fsck', '-fy', bare);
    expect(recovered.words).toMatch(/recovering journal/);
    expect(checkExt3(bare)).toEqual(CLEAN);
    expect(judge('debugfs', '-R', 'cat lost/300', bare).words).toBe('300\n');
  });
});
