// seedbed flash as a person uses it, on loop devices: asked on a terminal, answered beforehand, refused; verified, damaged, found.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn as spawnTerminal } from 'node-pty';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FlashRecord, FlashVerification } from '../../src/shared/model/flash.ts';
import { ensureBuilt, PROJECT_ROOT } from '../support/built.ts';
import { runCli } from '../support/cli.ts';
import { loopMissing, loopTitle, useLoopDevices } from '../support/loop-devices.ts';
import { useTempFolders } from '../support/temp.ts';

const MIB = 1024 * 1024;

describe.skipIf(loopMissing() !== null)(loopTitle('seedbed flash'), () => {
  const tempFolder = useTempFolders();
  const makeLoop = useLoopDevices();
  beforeAll(ensureBuilt);

  async function scene(): Promise<{ env: Record<string, string>; image: string; folder: string }> {
    const folder = tempFolder();
    const env = { SEEDBED_HOME: join(folder, 'home') };
    const image = join(folder, 'check.img');
    expect((await runCli(['image', 'build', '--boot-check', '--out', image], env)).code).toBe(0);
    return { env, image, folder };
  }

  test('writes the drive that is named by its size, keeps a record, finds a changed byte later', async () => {
    const { env, image, folder } = await scene();
    const loop = makeLoop(folder, 16 * MIB);
    const flash = ['flash', image, '--drive', loop.path, '--json'];
    const refused = await runCli(flash, env);
    expect([refused.code, (JSON.parse(refused.stderr) as { error: { code: string } }).error.code]).toEqual([
      1,
      'FLASH_NOT_CONFIRMED',
    ]);
    expect((await runCli([...flash, '--yes-i-mean', '17'], env)).code).toBe(1);
    expect(readFileSync(loop.path).every((byte) => byte === 0)).toBe(true);

    const done = await runCli([...flash, '--yes-i-mean', String(16 * MIB)], env);
    const [record] = JSON.parse(done.stdout) as FlashRecord[];
    expect([done.code, record?.state]).toEqual([0, 'written']);
    const bytes = readFileSync(image);
    expect(readFileSync(loop.path).subarray(0, bytes.length).equals(bytes)).toBe(true);

    const verify = async (...more: string[]): Promise<[number | null, FlashVerification]> => {
      const { code, stdout } = await runCli(['flash', 'verify', loop.path, ...more, '--json'], env);
      return [code, JSON.parse(stdout) as FlashVerification];
    };
    expect(await verify('--image', image)).toMatchObject([0, { equal: true }]);
    const changed = readFileSync(loop.backing);
    changed[MIB - 1] = 1;
    writeFileSync(loop.backing, changed);
    expect(await verify('--image', image)).toMatchObject([1, { equal: false, offsetBytes: MIB - 1 }]);
    expect(await verify('--record', record?.id ?? '')).toMatchObject([1, { equal: false, badChunks: [0] }]);
    const listed = await runCli(['flash', 'records'], env);
    expect(listed.stdout).toMatch(/^\S+ +written +.*boot/);
  });

  test('asks on the terminal, with what is on the drive; anything but yes is no', async () => {
    const { env, image, folder } = await scene();
    const loop = makeLoop(folder, 16 * MIB);
    const answer = async (word: string): Promise<{ said: string; code: number }> => {
      const cli = join(PROJECT_ROOT, 'out', 'cli', 'index.js');
      const terminal = spawnTerminal(process.execPath, [cli, 'flash', image, '--drive', loop.path], {
        name: 'xterm',
        cols: 200,
        rows: 24,
        cwd: folder,
        encoding: null,
        env: { ...env, PATH: process.env['PATH'] ?? '' },
      });
      let said = '';
      let asked = false;
      terminal.onData((text) => {
        // What moves the cursor is no word.
        said = `${said}${String(text)}`.replace(/\u001b\[[\d;]*[A-Za-z]/g, '');
        if (asked || !/Type (?:yes|the)[^\n]*: $/.test(said)) return;
        asked = true;
        terminal.write(`${word}\r`);
      });
      const code = await new Promise<number>((resolve) =>
        terminal.onExit(({ exitCode }) => resolve(exitCode)),
      );
      return { said, code };
    };
    const no = await answer('y');
    expect(no.said).toContain(`Erase `);
    expect(no.said).toContain(loop.path);
    expect([no.code, /FLASH_NOT_CONFIRMED/.test(no.said)]).toEqual([1, true]);
    expect(readFileSync(loop.path).every((byte) => byte === 0)).toBe(true);
    const word = /\(([^()]+)\) to erase it: $/m.exec(no.said)?.[1] ?? 'yes';
    const yes = await answer(word);
    expect([yes.code, /written: /.test(yes.said)]).toEqual([0, true]);
    expect(readFileSync(loop.path)[510]).toBe(0x55);
  });

  test('usage: an image and a drive, and one thing to compare with', async () => {
    const env = { SEEDBED_HOME: join(tempFolder(), 'home') };
    for (const args of [
      ['flash'],
      ['flash', 'x.img'],
      ['flash', 'verify', 'sdb'],
      ['flash', 'verify', 'sdb', '--image', 'a.img', '--record', 'b'],
    ])
      expect((await runCli(args, env)).code).toBe(2);
    const gone = await runCli(['flash', 'records', '20200101-0000-abcdef', '--json'], env);
    expect(JSON.parse(gone.stderr)).toMatchObject({ error: { code: 'FLASH_RECORD_NOT_FOUND' } });
  });
});
