// How the helper is started: vectors, and what may run as root at all.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  describeElevation,
  type ElevationFacts,
  helperCommand,
  whyUnsafe,
} from '../../src/engine/flash/elevation.ts';
import { isSeedbedError } from '../../src/shared/errors.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const FACTS: ElevationFacts = {
  platform: 'linux',
  isRoot: true,
  hasTerminal: false,
  ownNode: '/opt/node',
  ownHelper: () => '/project/out/helper/flash-helper.mjs',
};

const codeOf = (facts: Partial<ElevationFacts>): Promise<unknown> =>
  helperCommand({ ...FACTS, ...facts }).then(
    () => 'accepted',
    (error: unknown) => (isSeedbedError(error) ? error.code : error),
  );

describe('the helper’s command', () => {
  test('as root it is started directly, with little memory and nothing that loads', async () => {
    expect(await helperCommand(FACTS)).toEqual({
      kind: 'direct',
      program: '/opt/node',
      args: [
        '--max-old-space-size=32',
        '--max-semi-space-size=1',
        '--v8-pool-size=1',
        '/project/out/helper/flash-helper.mjs',
      ],
    });
  });

  test('as a user nothing that the user may change is run as root: not the project’s own helper', async () => {
    // No helper is installed on the machines that test this; where one is, it is the one that is taken.
    const code = await codeOf({ isRoot: false });
    if (code === 'accepted')
      expect((await helperCommand({ ...FACTS, isRoot: false })).args.at(-1)).toMatch(/^\/usr\//);
    else expect(code).toBe('FLASH_HELPER_UNSAFE');
  });

  test('without a helper, and on other systems, it says so', async () => {
    expect(await codeOf({ isRoot: false, ownHelper: () => null })).toMatch(/FLASH_HELPER_(MISSING|UNSAFE)/);
    for (const platform of ['darwin', 'win32'] as const) {
      expect(await codeOf({ platform })).toBe('FLASH_PLATFORM');
      expect(await describeElevation({ ...FACTS, platform })).toMatchObject({ kind: 'none', command: [] });
    }
  });
});

describe('what only root may change', () => {
  const owner = process.getuid?.() ?? 0;

  test('a file is judged with every folder above it', async () => {
    const folder = tempFolder();
    const deep = join(folder, 'a', 'b');
    mkdirSync(deep, { recursive: true });
    const file = join(deep, 'helper.mjs');
    writeFileSync(file, '');
    expect(await whyUnsafe(file, owner)).toBeNull();
    chmodSync(file, 0o666);
    expect(await whyUnsafe(file, owner)).toContain('helper.mjs can be written');
    chmodSync(file, 0o644);
    chmodSync(join(folder, 'a'), 0o777);
    expect(await whyUnsafe(file, owner)).toContain('/a can be written');
    chmodSync(join(folder, 'a'), 0o755);
    const link = join(folder, 'link.mjs');
    symlinkSync(file, link);
    expect(await whyUnsafe(link, owner)).toBeNull();
    chmodSync(folder, 0o777);
    expect(await whyUnsafe(link, owner)).toContain('can be written');
    expect(await whyUnsafe(join(folder, 'nothing'), owner)).toContain('not there');
  });
});
