// The commands in resources/boot-check/README.md, run as they stand there: whoever follows them gets the image that our code writes.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { encodeBootCheckImage } from '../../src/engine/formats/boot-check.ts';
import { useTempFolders } from '../support/temp.ts';

const source = fileURLToPath(new URL('../../resources/boot-check', import.meta.url));
const hasTools = ['xxd', 'gzip', 'dd', 'sed'].every(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0,
);

describe.skipIf(!hasTools && process.env['REQUIRE_TOOLS'] !== '1')(
  'the boot check made by hand (skipped unless sed, xxd, dd and gzip are installed)',
  () => {
    const tempFolder = useTempFolders();

    test('is the image that Seedbed writes of the same entries', () => {
      const folder = join(tempFolder(), 'boot-check');
      cpSync(source, folder, { recursive: true });
      const commands = /```sh\n([^]*?)```/.exec(readFileSync(join(folder, 'README.md'), 'utf8'))?.[1] ?? '';
      execFileSync('sh', ['-e', '-c', commands], { cwd: folder });
      const expected = encodeBootCheckImage({
        stage1Text: readFileSync(join(folder, 'stage1.hex0'), 'utf8'),
        stage2Text: readFileSync(join(folder, 'stage2.hex0'), 'utf8'),
        entries: [
          { path: '/made', bytes: new Uint8Array() },
          { path: '/made/by-hand', bytes: Buffer.from('by hand\n') },
        ],
      });
      expect(readFileSync(join(folder, 'boot.img')).equals(expected.bytes)).toBe(true);
    });
  },
);
