// A real Linux kernel in the real QEMU under TCG, started as `--kernel` starts one: saved at its start by itself, paused, photographed, and taken up again
// with the same memory. It has no root to mount, so it ends in a panic, which is kept for a look. DEBIAN_KERNEL names the kernel: the vmlinuz of any
// linux-image package (apt-get download linux-image-…; dpkg-deb --fsys-tarfile … | tar -xO ./boot/vmlinuz-…).
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withMonitor } from '../../src/engine/run/qmp.ts';
import type { StartableImage } from '../../src/engine/run/runs.ts';
import { createFakeImage } from '../support/fake-image.ts';
import { qemuMissing } from '../support/qemu.ts';
import { readWholeLog, useRunHosts } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const kernelPath = process.env['DEBIAN_KERNEL'] ?? '';
const missing = qemuMissing() ?? (existsSync(kernelPath) ? null : 'DEBIAN_KERNEL names no file');
const tempFolder = useTempFolders();
const openHost = useRunHosts();
const patience = { timeout: 300_000, interval: 200 };
const MEMORY_MIB = 512;

/** A disk for `--kernel`, with nothing on it. */
function createRootImage(folder: string): StartableImage {
  const { path, record } = createFakeImage(folder, 'end');
  const [disk] = record.disks;
  return {
    path,
    record: { ...record, kind: 'kernel', disks: [{ ...disk, role: 'root', file: 'root.img' }] },
  };
}

async function memoryOf(folder: string): Promise<string> {
  await withMonitor(folder, { timeoutMilliseconds: 60_000 }, (client) =>
    client.execute('pmemsave', { val: 0, size: MEMORY_MIB * 1_048_576, filename: 'memory' }),
  );
  return createHash('sha256')
    .update(readFileSync(join(folder, 'memory')))
    .digest('hex');
}

describe.skipIf(missing !== null)(`a Linux kernel${missing === null ? '' : ` [SKIPPED: ${missing}]`}`, () => {
  test('is saved when it starts, goes on from there to the same end, and is paused and restored with its memory', async () => {
    const root = tempFolder();
    const runs = await openHost({ root });
    const image = createRootImage(root);
    const machine = { checkpoints: true, onFault: 'keep' } as const;
    const request = { image, goal: 'end', kernelPath, machine, memoryMiB: 3072 } as const;
    const { id } = await runs.start(startRequest(root, request), quietContext);
    await expect
      .poll(async () => (await runs.checkpoints(id)).map((one) => one.id), patience)
      .toEqual(['linux']);
    const panicked = async (run: string): Promise<boolean> =>
      (await readWholeLog(runs, run, 65_536)).includes('Kernel panic - not syncing');
    await expect.poll(() => panicked(id), patience).toBe(true);
    await expect.poll(async () => (await runs.show(id)).record.hold?.by, patience).toBe('fault');
    expect(Buffer.from(await runs.screen(id)).toString('latin1', 1, 4)).toBe('PNG');
    expect((await runs.stop(id)).record.verdict).toMatchObject({ outcome: 'failed', cause: 'kernel-panic' });

    const again = await runs.resumeFrom({ run: id, checkpoint: 'linux', paused: true }, quietContext);
    const folder = join(root, 'data', 'runs', again.id);
    const before = await memoryOf(folder);
    const second = await runs.checkpoint(again.id, 'second');
    expect(second.costBytes).toBeGreaterThan(1_000_000);
    await runs.resume(again.id);
    await expect.poll(() => panicked(again.id), patience).toBe(true);
    await runs.stop(again.id);

    const third = await runs.resumeFrom({ run: again.id, checkpoint: 'second', paused: true }, quietContext);
    expect(await memoryOf(join(root, 'data', 'runs', third.id))).toBe(before);
    await runs.stop(third.id);
  });
});
