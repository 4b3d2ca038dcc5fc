// seedbed drives as a person runs it, on the computer that the test runs on, and in a chroot on a loop device.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DriveListing } from '../../src/shared/model/drive.ts';
import { ensureBuilt, PROJECT_ROOT } from '../support/built.ts';
import { runCli, startCli } from '../support/cli.ts';
import { useTempFolders } from '../support/temp.ts';

describe.skipIf(process.platform !== 'linux')('seedbed drives (Linux)', () => {
  const tempFolder = useTempFolders();

  it('lists drives as lines and as one JSON object that the contract knows, and never offers one that it runs from', async () => {
    const env = { SEEDBED_HOME: join(tempFolder(), 'data') };
    const asJson = await runCli(['drives', 'list', '--json'], env);
    expect(asJson).toMatchObject({ code: 0, stderr: '' });
    const { drives } = DriveListing.parse(JSON.parse(asJson.stdout));
    for (const { drive, confirmation } of drives) if (drive.system) expect(confirmation).toBeNull();
    const asLines = await runCli(['drives', 'list', '--all'], env);
    expect(asLines.code).toBe(0);
    for (const { drive } of drives) expect(asLines.stdout).toContain(drive.path);
  });

  it('says that there is no such drive when a name fits none', async () => {
    const env = { SEEDBED_HOME: join(tempFolder(), 'data') };
    const shown = await runCli(['drives', 'show', '/dev/no-such-drive'], env);
    expect(shown.code).toBe(1);
    expect(shown.stderr).toContain('error[DRIVE_NOT_FOUND]: There is no drive /dev/no-such-drive.');
  });

  it('watches until it is ended, and leaves nothing behind', async () => {
    const env = { SEEDBED_HOME: join(tempFolder(), 'data') };
    const watching = await startCli(['drives', 'watch', '--json'], env);
    await watching.says(/"allowWriting": true/);
    watching.child.kill('SIGINT');
    const { code, signal } = await watching.done;
    expect([code, signal]).not.toEqual([1, null]);
  });
});

const canChroot = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/dev/loop-control');
if (!canChroot && process.env['REQUIRE_TOOLS'] === '1') throw new Error('needs Linux, root and loop devices');

describe.skipIf(!canChroot)('in a chroot (needs Linux, root and loop devices)', () => {
  const tempFolder = useTempFolders();

  it('the loop device below the root folder is refused, and one beside it is not', async () => {
    await ensureBuilt();
    const folder = tempFolder();
    const devices = ['root', 'other'].map((name) => {
      const file = join(folder, `${name}.img`);
      writeFileSync(file, '');
      truncateSync(file, 32 * 1024 * 1024);
      const path = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
      onTestFinished(() => void execFileSync('losetup', ['--detach', path]));
      return path;
    });
    const [root = '', other = ''] = devices;
    execFileSync('mkfs.ext2', ['-q', root]);
    const place = join(folder, 'root');
    mkdirSync(place);
    // In a mount namespace of its own, so that nothing stays mounted whatever happens.
    const script = `
      set -e
      root=$1 place=$2 node=$3 project=$4
      mount --make-rprivate /
      mount "$root" "$place"
      for path in /usr /bin /lib /lib64 /proc /sys /dev "$(dirname "$node")" "$project"; do
        if [ -d "$path" ]; then mkdir -p "$place$path"; mount --rbind "$path" "$place$path"; fi
      done
      exec chroot "$place" "$node" "$project/out/cli/index.js" drives list --json`;
    const text = execFileSync(
      'unshare',
      ['--mount', 'sh', '-c', script, 'sh', root, place, process.execPath, PROJECT_ROOT],
      { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: '/', SEEDBED_HOME: '/data' } },
    );
    const { drives, problems } = DriveListing.parse(JSON.parse(text));
    const codesOf = (path: string): string[] =>
      drives
        .filter(({ drive }) => drive.path === path)
        .flatMap(({ findings }) => findings.filter(({ level }) => level === 'refuse'))
        .map(({ code }) => code);
    expect(problems).toEqual([]);
    expect(codesOf(root)).toEqual(expect.arrayContaining(['system', 'holds-data-folder']));
    expect(drives.some(({ drive }) => drive.path === other)).toBe(true);
    expect(codesOf(other)).toEqual([]);
    // Outside, the same device is nobody's again.
    const after = await runCli(['drives', 'show', root, '--json'], { SEEDBED_HOME: join(folder, 'data') });
    expect(after.code).toBe(0);
    expect(after.stdout).not.toContain('"system": true');
  });
});
