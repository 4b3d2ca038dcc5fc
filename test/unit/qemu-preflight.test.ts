// What is refused before a machine is started: by numbers, not by what this host has.
import { describe, expect, test } from 'vitest';
import { checkMemory, checkSpace } from '../../src/engine/run/preflight.ts';
import type { RunRecord } from '../../src/shared/model/run.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

const host = (freeMiB: number | null, residentMiB = 0) => ({
  freeMiB: () => Promise.resolve(freeMiB),
  residentMiB: () => Promise.resolve(residentMiB),
});
const run = (change: Partial<RunRecord>): RunRecord =>
  ({
    goal: 'end',
    state: 'running',
    memoryMiB: 4096,
    process: { pid: 1, startedTicks: '' },
    ...change,
  }) as RunRecord;

describe('memory', () => {
  test('below what builder-hex0 addresses is refused, but the boot check says it itself', async () => {
    await checkMemory({ goal: 'boot-check', memoryMiB: 2048 }, [], host(65_536));
    const check = checkMemory({ goal: 'stage0', memoryMiB: 3071 }, [], host(65_536));
    await expect(check).rejects.toMatchObject({ code: 'MEMORY_TOO_SMALL', data: { minimumMiB: 3072 } });
  });

  test('that the host clearly does not have is refused, with a little slack', async () => {
    await checkMemory({ goal: 'end', memoryMiB: 4096 }, [], host(3700));
    const check = checkMemory({ goal: 'end', memoryMiB: 4096 }, [], host(3600));
    await expect(check).rejects.toMatchObject({
      code: 'HOST_MEMORY_SHORT',
      data: { memoryMiB: 4096, freeMiB: 3600 },
    });
  });

  test('promised to living runs counts as far as they have not taken it yet', async () => {
    const others = [run({}), run({}), run({ state: 'ended' }), run({ goal: 'boot-check' })];
    // Two of 4096 with 1000 taken each: 6192 are still theirs.
    await checkMemory({ goal: 'end', memoryMiB: 4096 }, others, host(10_300, 1000));
    const check = checkMemory({ goal: 'end', memoryMiB: 4096 }, others, host(9800, 1000));
    await expect(check).rejects.toMatchObject({ code: 'HOST_MEMORY_SHORT', data: { freeMiB: 3608 } });
  });

  test('for five runs side by side fits on a host with 23 GiB', async () => {
    for (let living = 0; living < 5; living += 1)
      await checkMemory(
        { goal: 'stage0', memoryMiB: 4096 },
        Array.from({ length: living }, () => run({})),
        host(23_500),
      );
  });

  test('of a boot check is nearly nothing, and a host that cannot say is trusted', async () => {
    await checkMemory({ goal: 'boot-check', memoryMiB: 4096 }, [], host(400));
    await checkMemory({ goal: 'end', memoryMiB: 4096 }, [], host(null));
  });
});

test('a disk that does not fit is refused before it is written', async () => {
  const folder = tempFolder();
  await checkSpace(folder, 1000);
  await expect(checkSpace(folder, 2 ** 53)).rejects.toMatchObject({
    code: 'DISK_FULL',
    data: { path: folder },
  });
});
