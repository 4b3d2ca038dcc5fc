// Any tree within ext3's limits: written by us, read back by debugfs and by libext2fs as WebAssembly, the same.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWithExt2fs } from '../support/ext2fs-reader.ts';
import {
  checkExt3,
  CLEAN,
  hasE2fsprogs,
  judge,
  MEBIBYTE,
  testOptions,
  writeExt3,
} from '../support/ext3-image.ts';
import { anyTree, lookAt, whatIs, withoutLostAndFound, withoutOwners } from '../support/ext3-trees.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
/** The long tests try more: test/long/ext3.test.ts. */
const RUNS = { debugfs: 20, ext2fs: 5 };

describe.skipIf(!hasE2fsprogs())('any tree (needs e2fsprogs)', () => {
  test('debugfs reads it back as it was', () => {
    fc.assert(
      fc.property(anyTree(), (entries) => {
        const folder = tempFolder();
        const path = join(folder, 'ext3.img');
        writeExt3(path, entries, testOptions(24 * MEBIBYTE));
        expect(checkExt3(path)).toEqual(CLEAN);
        const out = join(folder, 'out');
        mkdirSync(out);
        expect(judge('debugfs', '-R', `rdump / ${out}`, path).status).toBe(0);
        // debugfs leaves the special bits of a mode and a link's owner out.
        expect(withoutLostAndFound(lookAt(out))).toEqual(whatIs(entries, 0o777));
        rmSync(folder, { recursive: true });
      }),
      { numRuns: RUNS.debugfs },
    );
  });
});

test('ext2fs reads any tree back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(anyTree(), async (entries) => {
      const folder = tempFolder();
      const path = join(folder, 'ext3.img');
      writeExt3(path, entries, testOptions(24 * MEBIBYTE));
      const { '/lost+found': lost, ...read } = await readWithExt2fs(path);
      expect(lost).toEqual({ type: 'directory', mode: 0o700, holds: '' });
      // ext2fs knows no owners above 65535.
      expect(read).toEqual(withoutOwners(whatIs(entries)));
      rmSync(folder, { recursive: true });
    }),
    { numRuns: RUNS.ext2fs },
  );
});
