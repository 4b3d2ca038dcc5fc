// Small real disks to damage: ext2, ext3 and ext4 of e2fsprogs' making, and a boot image.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage } from '../../src/engine/image/build.ts';
import { bootstrapRequest } from './build-request.ts';
import { makeCheckout } from './checkout-fixture.ts';
import { makeExtImage } from './ext-images.ts';
import { extBase, type FuzzBase } from './fuzz-images.ts';

export async function makeFuzzBases(folder: string): Promise<FuzzBase[]> {
  const tree = join(folder, 'small-tree');
  mkdirSync(join(tree, 'a', 'b', 'c'), { recursive: true });
  for (let index = 0; index < 12; index += 1)
    writeFileSync(join(tree, 'a', `file-${index}`), 'x'.repeat(index * 700));
  writeFileSync(join(tree, 'a', 'b', 'large'), Buffer.alloc(60_000, 'large '));
  symlinkSync('a/b', join(tree, 'short'));
  symlinkSync('a/'.repeat(40), join(tree, 'long'));
  const kinds = [
    ['ext2', '400K', ['-t', 'ext2', '-b', '1024', '-N', '64']],
    ['ext4', '500K', ['-t', 'ext4', '-O', '^has_journal', '-b', '1024', '-N', '64']],
    ['ext3', '2M', ['-t', 'ext3', '-b', '1024', '-N', '64']],
  ] as const;
  const bases: FuzzBase[] = [];
  for (const [name, size, options] of kinds) {
    const path = join(folder, `${name}.img`);
    makeExtImage(path, tree, size, options);
    bases.push(await extBase(name, path));
  }
  const image = join(folder, 'boot.img');
  await buildImage(bootstrapRequest(await makeCheckout(folder)), image, join(folder, 'boot.json'), {
    replace: false,
  });
  const bytes = readFileSync(image).subarray(0, 120_000);
  const streamAt = bytes.indexOf('src 0 .\n');
  return [
    ...bases,
    {
      name: 'boot image',
      bytes,
      hot: [
        [0, 512],
        [streamAt, streamAt + 4000],
        [streamAt, 90_000],
        [512, streamAt],
      ],
    },
  ];
}
