// Browsing and extracting: disks of e2fsprogs' making, and boot images.
import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withSource } from '../../src/engine/bytes/open-source.ts';
import { buildImage } from '../../src/engine/image/build.ts';
import { diffImages } from '../../src/engine/image-reading/diff-images.ts';
import { extractContents } from '../../src/engine/image-reading/extract-contents.ts';
import { isInsideLink } from '../../src/engine/image-reading/extract-names.ts';
import { listContents } from '../../src/engine/image-reading/list-contents.ts';
import { mapDisk } from '../../src/engine/image-reading/map-disk.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { debugfs, hasE2fsprogs, makeExtImage, makeTree } from '../support/ext-images.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const required = process.env['REQUIRE_TOOLS'] === '1';

const list = (diskPath: string, path = '/') => listContents({ diskPath, path, from: 0, limit: 1000 });
const map = (path: string) => withSource(path, (source) => mapDisk(source, {}));

describe.skipIf(!hasE2fsprogs && !required)(
  'disks that e2fsprogs made (needs mke2fs, debugfs and dumpe2fs)',
  () => {
    const KINDS = [
      ['ext2, small blocks', '64M', ['-t', 'ext2', '-b', '1024']],
      ['ext3', '200M', ['-t', 'ext3', '-b', '4096']],
      ['ext4', '64M', ['-t', 'ext4']],
      [
        'ext4 with descriptors in each group',
        '64M',
        ['-t', 'ext4', '-O', 'meta_bg,^resize_inode', '-b', '1024'],
      ],
      ['ext4 with two backups and few inodes', '300M', ['-t', 'ext4', '-O', 'sparse_super2', '-N', '600']],
    ] as const;

    test.each(KINDS)(
      '%s: every file comes out as it went in, links that lead out aside',
      async (_name, size, options) => {
        const folder = makeFolder();
        const tree = makeTree(folder);
        const disk = join(folder, 'disk.img');
        makeExtImage(disk, tree, size, options);
        const before = sha256(readFileSync(disk));
        const out = join(folder, 'out');
        const report = await extractContents({ diskPath: disk, paths: ['/'], folder: out }, {});
        expect(report.skipped.map(({ path }) => path)).toEqual(['/external/long-link', '/outside']);
        expect([report.reader?.name, report.reader?.exceptions.map(({ path }) => path)]).toEqual([
          'ext2fs',
          ['/hole'],
        ]);
        expect(sha256(readFileSync(disk))).toBe(before);
        const names = readdirSync(out);
        expect(names).toContain('esc\u001b[31m\nname');
        const compared = spawnSync(
          'diff',
          [
            '-r',
            '--no-dereference',
            '-x',
            'lost+found',
            '-x',
            'outside',
            '-x',
            'long-link',
            '-x',
            'bytes-*',
            tree,
            out,
          ],
          { encoding: 'utf8' },
        );
        expect(compared.stdout).toBe('');
        expect(readFileSync(join(out, 'bytes-\\xff\\xfe'), 'utf8')).toBe('no UTF-8\n');
        expect(statSync(join(out, 'program')).mode & 0o777).toBe(0o755);
        expect(statSync(join(out, 'hole')).blocks).toBe(0);
      },
    );

    test.each(KINDS)(
      '%s: the map covers the disk, and what is free is what dumpe2fs says is free',
      async (_name, size, options) => {
        const folder = makeFolder();
        const disk = join(folder, 'disk.img');
        makeExtImage(disk, makeTree(folder), size, options);
        const { regions, fileSystems, sizeBytes, warnings } = await map(disk);
        expect(warnings).toEqual([]);
        let at = 0;
        for (const { offsetBytes, lengthBytes } of regions) {
          expect(offsetBytes).toBe(at);
          at += lengthBytes;
        }
        expect(at).toBe(sizeBytes);
        const text = spawnSync('dumpe2fs', ['-h', disk], { encoding: 'utf8' }).stdout;
        const stated = (what: string): string => new RegExp(`^${what}:\\s+(.*)$`, 'm').exec(text)?.[1] ?? '';
        const [found] = fileSystems;
        const free = regions
          .filter(({ kind }) => kind === 'free')
          .reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
        const behind = sizeBytes - (found?.blocks ?? 0) * (found?.blockBytes ?? 0);
        expect((free - behind) / (found?.blockBytes ?? 1)).toBe(Number(stated('Free blocks')));
        expect([found?.freeBlocks, found?.uuid]).toEqual([
          Number(stated('Free blocks')),
          stated('Filesystem UUID'),
        ]);
        expect([...(found?.features ?? [])].sort()).toEqual(stated('Filesystem features').split(' ').sort());
        // One block after another, as debugfs sees the same file.
        const blocks = debugfs(disk, 'blocks /external/repo/bash-5.2.15_1.tar.bz2')
          .trim()
          .split(/\s+/)
          .map(Number);
        const mine = regions
          .filter(({ kind, path }) => kind === 'file' && path === '/external/repo/bash-5.2.15_1.tar.bz2')
          .flatMap(({ offsetBytes, lengthBytes }) =>
            Array.from(
              { length: lengthBytes / (found?.blockBytes ?? 1) },
              (_, index) => offsetBytes / (found?.blockBytes ?? 1) + index,
            ),
          );
        const data = new Set(mine);
        expect(blocks.filter((block) => data.has(block)).sort((a, b) => a - b)).toEqual(mine);
      },
    );

    test('in a partition, listed a page at a time, with names that are safe to show', async () => {
      const folder = makeFolder();
      const disk = join(folder, 'disk.img');
      const bare = join(folder, 'bare.img');
      makeExtImage(bare, makeTree(folder), '64M', ['-t', 'ext4']);
      const table = Buffer.alloc(1_048_576);
      table.set([0, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 0, 2, 0], 446);
      table.set([0x55, 0xaa], 510);
      writeFileSync(disk, Buffer.concat([table, readFileSync(bare)]));
      const { entries, total } = await list(disk);
      expect(total).toBe(10);
      expect(entries.map(({ label }) => label)).toContain('esc?name');
      expect(entries.map(({ path }) => path)).toContain('/bytes-\\xff\\xfe');
      expect(entries.find(({ path }) => path === '/packages')).toMatchObject({
        kind: 'link',
        target: 'external/repo',
      });
      const page = await listContents({ diskPath: disk, path: '/many', from: 100, limit: 5 });
      expect([page.entries.length, page.total]).toEqual([5, 400]);
      expect(await refusalOf(async () => list(disk, '/external/nothing'))).toMatchObject([
        'CONTENT_NOT_FOUND',
        { content: '/external/nothing' },
      ]);
      const { layout, regions } = await map(disk);
      expect([layout, regions[0]?.kind, regions[1]?.kind]).toEqual(['disk', 'partition-table', 'gap']);
    });

    test('a disk of 1 TiB is read at once, a file of 5 GiB at its end', async () => {
      const folder = makeFolder();
      const tree = join(folder, 'tree');
      mkdirSync(tree);
      writeFileSync(join(tree, 'five'), '');
      truncateSync(join(tree, 'five'), 5 * 2 ** 30);
      writeFileSync(join(tree, 'five'), 'end', { flag: 'a' });
      const disk = join(folder, 'large.img');
      makeExtImage(disk, tree, '1T', ['-t', 'ext4']);
      const out = join(folder, 'out');
      const report = await extractContents({ diskPath: disk, paths: ['/five'], folder: out }, {});
      // A bitmap of it alone is larger than what ext2fs has.
      expect(report.reader?.reason).toContain('memory');
      const { size, blocks } = statSync(join(out, 'five'));
      expect([size, blocks * 512 < 100_000]).toEqual([5 * 2 ** 30 + 3, true]);
      expect((await map(disk)).sizeBytes).toBe(2 ** 40);
    });

    test('the same files on another file system are the same content; a changed, a new and a lost one are named', async () => {
      const folder = makeFolder();
      const tree = makeTree(folder);
      const [a, b, c] = [join(folder, 'a.img'), join(folder, 'b.img'), join(folder, 'c.img')];
      makeExtImage(a, tree, '64M', ['-t', 'ext3']);
      makeExtImage(b, tree, '96M', ['-t', 'ext4', '-b', '4096']);
      const same = await diffImages(a, b, {});
      expect([same.identical, same.counts.added + same.counts.removed + same.counts.changed]).toEqual([
        false,
        0,
      ]);
      writeFileSync(join(tree, 'new'), 'new\n');
      writeFileSync(join(tree, 'empty'), 'not any more\n');
      spawnSync('rm', [join(tree, 'many', '0')]);
      makeExtImage(c, tree, '64M', ['-t', 'ext3']);
      const { differences } = await diffImages(a, c, {});
      const named = differences
        .filter(({ change }) => change !== 'moved')
        .map(({ change, label }) => `${change} ${label}`);
      expect(named).toEqual(['changed /empty', 'added /new', 'removed /many/0']);
    });

    test('nothing is replaced, and nothing half-made is left', async () => {
      const folder = makeFolder();
      const disk = join(folder, 'disk.img');
      makeExtImage(disk, makeTree(folder), '64M', ['-t', 'ext3']);
      const out = join(folder, 'out');
      mkdirSync(out);
      writeFileSync(join(out, 'program'), 'mine\n');
      const ask = async () =>
        extractContents({ diskPath: disk, paths: ['/external', '/program'], folder: out }, {});
      expect(await refusalOf(ask)).toMatchObject(['FILE_EXISTS', { path: join(out, 'program') }]);
      expect(readdirSync(out)).toEqual(['program']);
      const cancelled = new AbortController();
      const stopped = async () =>
        extractContents(
          { diskPath: disk, paths: ['/external', '/many'], folder: out },
          { signal: cancelled.signal, report: () => cancelled.abort() },
        );
      expect(await refusalOf(stopped)).toMatchObject(['CANCELLED', {}]);
      expect([readdirSync(out), readFileSync(join(out, 'program'), 'utf8')]).toEqual([['program'], 'mine\n']);
    });
  },
);

describe('boot images', () => {
  test('are folders and files too', async () => {
    const folder = makeFolder();
    const fixture = await makeCheckout(folder);
    const image = join(folder, 'some.img');
    await buildImage(bootstrapRequest(fixture), image, join(folder, 'r.json'), { replace: false });
    const { entries } = await list(image, '/steps/alpha-1.0');
    expect(entries).toMatchObject([
      { path: '/steps/alpha-1.0/pass1.kaem', kind: 'file', sizeBytes: 12, sha256: sha256('build alpha\n') },
      { path: '/steps/alpha-1.0/sources', kind: 'file' },
    ]);
    const out = join(folder, 'out');
    await extractContents(
      { diskPath: image, paths: ['/steps', '/external/distfiles/alpha-1.0.tar.gz'], folder: out },
      {},
    );
    expect(readFileSync(join(out, 'alpha-1.0.tar.gz'), 'utf8')).toBe('the bytes of alpha\n');
    expect(readFileSync(join(out, 'steps/beta-2.0/pass2.sh'), 'utf8')).toBe('build beta\n');
    expect(lstatSync(join(out, 'steps/beta-2.0/patches')).isDirectory()).toBe(true);
  });

  test('are compared by entry: pushed along is not moved', async () => {
    const folder = makeFolder();
    const [a, b] = [join(folder, 'a.img'), join(folder, 'b.img')];
    await buildImage(bootstrapRequest(await makeCheckout(folder)), a, join(folder, 'a.json'), {
      replace: false,
    });
    const edited = join(folder, 'edited');
    mkdirSync(edited);
    const other = await makeCheckout(edited, {
      edit(files) {
        files.set('steps/env', 'ENV=2, and more\n');
        files.set('steps/new', 'new\n');
        files.delete('seed/seed.kaem.unused');
      },
    });
    await buildImage(bootstrapRequest(other), b, join(folder, 'b.json'), { replace: false });
    const report = await diffImages(a, b, {});
    expect(report.differences.map(({ change, label }) => `${change} ${label}`)).toEqual([
      'changed ./steps/env',
      'added ./steps/new',
    ]);
    expect([report.counts.moved, report.identical, report.sameContent]).toEqual([0, false, false]);
    expect(await diffImages(a, a, {})).toMatchObject({ identical: true, sameContent: true, differences: [] });
  });
});

test('links stay inside only when no parent folder stands behind a name', () => {
  const judged = ['a', '../a', '../../a', 'a/../b', '/a', '', '..', './x', 'C:\\x', 'a\\..\\b', '../..'].map(
    (target) => isInsideLink(target, 1),
  );
  expect(judged).toEqual([true, true, false, false, false, false, true, true, false, false, false]);
});
