// Runs on a file system that is full, a real one of a few MiB: nothing half-made, no orphan, and a living run can still be watched and stopped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { copyDisk } from '../../src/engine/run/disk-copy.ts';
import { createFakeImage } from '../support/fake-image.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { useRunHosts } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const mounted: string[] = [];
const tempFolder = useTempFolders();
// After the hosts are closed, before the folders are removed: vitest runs these in reverse order.
afterEach(() => {
  for (const path of mounted.splice(0)) spawnSync('umount', ['-l', path]);
});
const openHost = useRunHosts();
const fakeQemu = useFakeQemu();

function mountSmall(path: string, size: string): void {
  mkdirSync(path, { recursive: true });
  expect(mount(path, size)).toBe(true);
  mounted.push(path);
}

function mount(path: string, size: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]).status === 0;
}

/** Root in a container may not mount either: tried once. */
function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const path = mkdtempSync(join(tmpdir(), 'seedbed-mount-'));
  const works = mount(path, '32k');
  if (works) spawnSync('umount', [path]);
  rmSync(path, { recursive: true });
  return works;
}

function fill(path: string): void {
  for (const size of [1_048_576, 4096])
    for (let count = 0; ; count += 1) {
      try {
        writeFileSync(join(path, `filler-${size}-${count}`), Buffer.alloc(size, 1));
      } catch {
        break;
      }
    }
}

const canMount = mayMount();

describe.skipIf(!canMount)(
  `a full disk${canMount ? '' : ' [SKIPPED: needs root to mount a small file system]'}`,
  () => {
    test('refuses a run before anything is made', async () => {
      const root = tempFolder();
      mountSmall(join(root, 'data'), '4M');
      const runs = await openHost({ root, qemu: fakeQemu(root) });
      await expect(runs.start(startRequest(root), quietContext)).rejects.toMatchObject({ code: 'DISK_FULL' });
      expect(readdirSync(join(root, 'data', 'runs'))).toEqual([]);
    });

    test('in the middle of a copy is DISK_FULL', async () => {
      const root = tempFolder();
      const small = join(root, 'small');
      mountSmall(small, '32k');
      const { path, record } = createFakeImage(root);
      await expect(copyDisk(path, join(small, 'disk'), record.disks[0], quietContext)).rejects.toMatchObject({
        code: 'DISK_FULL',
      });
    });

    test('pauses the machine before QEMU meets its end, and lets it go on when there is space', async () => {
      const root = tempFolder();
      const data = join(root, 'data');
      mountSmall(data, '100M');
      const segments = Array.from({ length: 500 }, (_, index) => ({
        text: index === 0 ? 'SeaBIOS (version 1)\r\n' : `line ${index}\r\n`,
        milliseconds: 20,
      }));
      const runs = await openHost({ root, qemu: fakeQemu(root, { segments }) });
      const { id } = await runs.start(startRequest(root), quietContext);
      await expect.poll(async () => (await runs.show(id)).logBytes).toBeGreaterThan(30);
      // All but one of the two MiB that a boot check is left.
      writeFileSync(
        join(data, 'filler'),
        Buffer.alloc(statfsSync(data).bavail * statfsSync(data).bsize - 1_048_576),
      );
      await expect
        .poll(async () => (await runs.show(id)).record.hold?.by, { timeout: 5000 })
        .toBe('host-space');
      const held = await runs.show(id);
      expect(held.now).toContain('free space left on this host');
      expect((await runs.events(id)).map(({ kind }) => kind)).toContain('paused');
      rmSync(join(data, 'filler'));
      await expect
        .poll(async () => (await runs.show(id)).logBytes, { timeout: 5000 })
        .toBeGreaterThan(held.logBytes);
      await expect.poll(async () => (await runs.show(id)).record.hold).toBeNull();
    });

    test('does not keep a user from watching and stopping a run, which is judged when there is space again', async () => {
      const root = tempFolder();
      const data = join(root, 'data');
      mountSmall(data, '100M');
      const runs = await openHost({
        root,
        qemu: fakeQemu(root, { console: 'SeaBIOS (version 1)\r\n', end: 'stay' }),
      });
      const { id } = await runs.start(startRequest(root), quietContext);
      await expect.poll(async () => (await runs.show(id)).report.milestones.length).toBe(1);
      fill(data);
      const stopped = await runs.stop(id);
      expect(stopped.now).toContain('No space is left');
      for (const name of readdirSync(data)) if (name.startsWith('filler')) rmSync(join(data, name));
      await expect.poll(async () => (await runs.show(id)).record.state, { timeout: 5000 }).toBe('ended');
      expect(existsSync(join(data, 'runs', id, 'qmp.sock'))).toBe(false);
    });
  },
);
