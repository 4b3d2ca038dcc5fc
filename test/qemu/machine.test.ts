// A living machine in the real QEMU under TCG, with a guest that counts: paused, photographed, typed to, saved and taken up again; its disk filling the host.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { withMonitor } from '../../src/engine/run/qmp.ts';
import type { Runs } from '../../src/engine/run/runs.ts';
import { createCountingImage } from '../support/counting-payload.ts';
import { buildBootCheck, qemuMissing, qemuTitle } from '../support/qemu.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const patience = { timeout: 20_000, interval: 50 };
const MEMORY_MIB = 256;

/** What the guest counted so far: memory and disk, line by line. */
async function counts(runs: Runs, id: string): Promise<[number, number][]> {
  const log = await readWholeLog(runs, id);
  return [...log.matchAll(/^count ([0-9A-F]{4}) ([0-9A-F]{4})\r$/gm)].map((match) => [
    Number.parseInt(match[1] ?? '', 16),
    Number.parseInt(match[2] ?? '', 16),
  ]);
}

async function countsTo(runs: Runs, id: string, least: number): Promise<void> {
  await expect.poll(async () => (await counts(runs, id)).length, patience).toBeGreaterThan(least);
}

/** All of the machine's memory, by QEMU itself. */
async function memoryOf(root: string, id: string): Promise<string> {
  const folder = join(root, 'data', 'runs', id);
  await withMonitor(folder, { timeoutMilliseconds: 30_000 }, (client) =>
    client.execute('pmemsave', { val: 0, size: MEMORY_MIB * 1_048_576, filename: 'memory' }),
  );
  return createHash('sha256')
    .update(readFileSync(join(folder, 'memory')))
    .digest('hex');
}

describe.skipIf(qemuMissing() !== null)(qemuTitle('a machine that counts'), () => {
  const start = async (root: string, runs: Runs, machine: object): Promise<string> => {
    const image = createCountingImage(root);
    return (await runs.start(startRequest(root, { image, machine, memoryMiB: MEMORY_MIB }), quietContext)).id;
  };

  test('started paused does nothing until it may; paused again it stands still, and any host sees why', async () => {
    const root = tempFolder();
    const runs = await openHost({ root });
    const id = await start(root, runs, { paused: true });
    await expect.poll(async () => (await runs.show(id)).record.hold?.by, patience).toBe('user');
    expect((await runs.show(id)).machineState).toBe('prelaunch');
    expect((await runs.show(id)).logBytes).toBe(0);
    expect((await runs.resume(id)).record.hold).toBeNull();
    await countsTo(runs, id, 2);
    const other = await openHost({ root });
    const paused = await other.pause(id);
    expect(paused.record.hold?.by).toBe('user');
    expect(paused.now).toContain('paused');
    const { length } = await counts(runs, id);
    await sleep(300);
    expect(await counts(runs, id)).toHaveLength(length);
    await other.resume(id);
    await countsTo(runs, id, length);
    const kinds = (await runs.events(id)).map((event) => event.kind);
    expect(kinds.filter((kind) => kind === 'paused' || kind === 'resumed')).toEqual([
      'paused',
      'resumed',
      'paused',
      'resumed',
    ]);
  });

  test('shows its screen, counts what its disk did, takes what is typed in order, and begins again when it is reset', async () => {
    const root = tempFolder();
    const runs = await openHost({ root });
    const id = await start(root, runs, {});
    await countsTo(runs, id, 1);
    const png = Buffer.from(await runs.screen(id));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    // 80 × 25 characters of 9 × 16 points.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([720, 400]);
    const [disk] = await runs.statistics(id);
    expect(disk).toMatchObject({ disk: 'boot', failedOperations: 0 });
    expect(disk?.writeOperations).toBeGreaterThan(0);
    const typed = async (): Promise<string> =>
      [...(await readWholeLog(runs, id)).matchAll(/^key (.)\r$/gm)].map((match) => match[1]).join('');
    // SeaBIOS keeps fifteen keys (src/kbd.c, the BIOS data area's buffer): more at once would be lost by the guest.
    await runs.type(id, 'hello, ');
    await expect.poll(typed, { timeout: 30_000 }).toBe('hello, ');
    await runs.type(id, 'seedbed');
    await expect.poll(typed, { timeout: 30_000 }).toBe('hello, seedbed');
    const { length } = await counts(runs, id);
    await runs.reset(id);
    await expect
      .poll(async () => (await counts(runs, id)).slice(length).some(([first]) => first === 1), patience)
      .toBe(true);
    expect((await runs.events(id)).map((event) => event.kind)).toContain('restarted');
  });

  test('saved, then taken up by a new run: memory and disk are those of the moment, and the log has no gap', async () => {
    const root = tempFolder();
    const runs = await openHost({ root });
    const id = await start(root, runs, { checkpoints: true });
    await countsTo(runs, id, 3);
    await runs.pause(id);
    const memory = await memoryOf(root, id);
    const saved = await runs.checkpoint(id, 'Third line');
    expect(saved).toMatchObject({ id: 'third-line', why: 'asked', logBytes: (await runs.show(id)).logBytes });
    expect(saved.costBytes).toBeGreaterThan(1_000_000);
    expect((await runs.show(id)).record.hold?.by).toBe('user');
    const before = await counts(runs, id);
    await runs.resume(id);
    await countsTo(runs, id, before.length + 3);
    await expect(
      runs.resumeFrom({ run: id, checkpoint: 'third-line', paused: true }, quietContext),
    ).rejects.toMatchObject({ code: 'RUN_STILL_RUNNING' });
    await runs.stop(id);

    const again = await runs.resumeFrom({ run: id, checkpoint: 'third-line', paused: true }, quietContext);
    expect(again.resumedFrom).toEqual({ run: id, checkpoint: 'third-line' });
    expect(await memoryOf(root, again.id)).toBe(memory);
    expect(await counts(runs, again.id)).toEqual(before);
    await runs.resume(again.id);
    await countsTo(runs, again.id, before.length + 3);
    // A line that the moment cut in two is whole again, and the disk held what the memory says.
    const all = await counts(runs, again.id);
    expect(all).toEqual(all.map((_, index) => [index + 1, index + 1]));
    expect(
      (await readWholeLog(runs, again.id)).startsWith(
        (await readWholeLog(runs, id)).slice(0, saved.logBytes),
      ),
    ).toBe(true);
    await expect(
      runs.resumeFrom({ run: id, checkpoint: 'fourth', paused: false }, quietContext),
    ).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND', data: { known: 'third-line' } });
  });

  test('saved while it runs stands still for a moment only', async () => {
    const root = tempFolder();
    const runs = await openHost({ root });
    const id = await start(root, runs, { checkpoints: true });
    await countsTo(runs, id, 1);
    const first = await runs.checkpoint(id, 'now');
    const second = await runs.checkpoint(id, 'now');
    expect([first.id, second.id]).toEqual(['now', 'now-2']);
    expect(first.pausedMilliseconds).toBeGreaterThan(0);
    expect(second.logBytes).toBeGreaterThanOrEqual(first.logBytes);
    const { length } = await counts(runs, id);
    await countsTo(runs, id, length);
    expect((await runs.show(id)).record.hold).toBeNull();
    expect((await runs.events(id)).filter(({ kind }) => kind === 'checkpoint')).toHaveLength(2);
    expect((await runs.events(id)).map(({ kind }) => kind)).not.toContain('paused');
    expect((await runs.checkpoints(id)).map((one) => one.id)).toEqual(['now', 'now-2']);
  });

  test('loses one checkpoint and keeps the others, while it lives and when it has ended', async () => {
    const root = tempFolder();
    const runs = await openHost({ root });
    const id = await start(root, runs, { checkpoints: true });
    await countsTo(runs, id, 1);
    for (const label of ['a', 'b', 'c']) await runs.checkpoint(id, label);
    expect(await runs.removeCheckpoint(id, 'a')).toMatchObject({ checkpoint: 'a' });
    const { length } = await counts(runs, id);
    await countsTo(runs, id, length + 1);
    await runs.stop(id);

    expect((await runs.removeCheckpoint(id, 'latest')).freedBytes).toBeGreaterThan(1_000_000);
    expect((await runs.checkpoints(id)).map((one) => one.id)).toEqual(['b']);
    await expect(runs.removeCheckpoint(id, 'c')).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
    const again = await runs.resumeFrom({ run: id, checkpoint: 'b', paused: false }, quietContext);
    await countsTo(runs, again.id, (await counts(runs, again.id)).length + 2);
    // QEMU itself: neither is in the layers any more.
    await runs.stop(again.id);
    const [layer] = readdirSync(join(root, 'data', 'runs', id, 'disks')).filter((name) =>
      name.endsWith('.qcow2'),
    );
    const bytes = readFileSync(join(root, 'data', 'runs', id, 'disks', layer ?? ''));
    // docs/interop/qcow2.txt: the number of snapshots stands at byte 60 of the header.
    expect(bytes.readUInt32BE(60)).toBe(1);
    expect(readdirSync(join(root, 'data', 'runs', id))).not.toContain('layers.sock');
  });

  test('is paused before this host is full, and goes on when there is space again', async () => {
    const root = tempFolder();
    // Little enough that it is looked at again soon.
    let free = 3e8;
    const runs = await openHost({ root, freeBytes: () => Promise.resolve(free) });
    const id = await start(root, runs, {});
    await countsTo(runs, id, 1);
    free = 1_000_000;
    await expect
      .poll(async () => (await runs.show(id)).record.hold?.by, { timeout: 15_000 })
      .toBe('host-space');
    expect((await runs.show(id)).now).toContain('free space');
    expect((await runs.show(id)).machineState).toBe('paused');
    const { length } = await counts(runs, id);
    await sleep(300);
    expect(await counts(runs, id)).toHaveLength(length);
    free = 1e12;
    await countsTo(runs, id, length);
    await expect.poll(async () => (await runs.show(id)).record.hold, patience).toBeNull();
  });

  test('what is typed while another program holds the console is refused, not lost in silence', async () => {
    const root = tempFolder();
    const runs = await openHost({ root });
    const id = await start(root, runs, { paused: true });
    const holder = connect(join(root, 'data', 'runs', id, 'serial.sock'));
    await new Promise((resolve) => holder.once('connect', resolve));
    const typing = runs.type(id, 'x', AbortSignal.timeout(500)).catch((error: unknown) => error);
    expect(await typing).toMatchObject({ name: 'TimeoutError' });
    holder.destroy();
  });
});

describe.skipIf(qemuMissing() !== null)(qemuTitle('the command of a boot check run'), () => {
  test('as a script runs by sh, prints the same verdict, and changes no file', async () => {
    const root = tempFolder();
    const runs = await openHost({ root });
    const image = await buildBootCheck(root);
    const { id } = await runs.start(startRequest(root, { image }), quietContext);
    await watchToEnd(runs, id);
    const disk = join(root, 'data', 'runs', id, 'disks', 'boot.img');
    const before = readFileSync(disk);
    for (const imagePath of [null, image.path]) {
      const { script } = await runs.command(id, imagePath);
      const { stdout } = spawnSync('sh', ['-s'], {
        input: script,
        cwd: '/',
        encoding: 'latin1',
        timeout: 60_000,
      });
      expect(stdout).toContain('verdict: passed');
    }
    expect(readFileSync(disk).equals(before)).toBe(true);
  });

  test.each([
    ['on AHCI', 'qemu-system-x86_64', { bus: 'ahci' }],
    ['in the 32-bit program', 'qemu-system-i386', {}],
    ['from an overlay', 'qemu-system-x86_64', { checkpoints: true }],
  ] as const)('%s passes as well, with every byte of its disk compared', async (_where, program, machine) => {
    const path = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
    const root = tempFolder();
    const runs = await openHost({ root, qemu: path });
    const { id } = await runs.start(
      startRequest(root, { image: await buildBootCheck(root), machine }),
      quietContext,
    );
    const end = (await watchToEnd(runs, id)).at(-1);
    expect(end?.record.verdict?.outcome).toBe('passed');
    expect(end?.report.bootCheck?.compared).toBe(true);
  });
});
