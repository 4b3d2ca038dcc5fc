// What is asked of QEMU's monitor, a command each (docs/interop/qemu-qmp-ref in QEMU's sources, 7.2). Each use is short: connect, ask, leave.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { DiskStatistics } from '../../shared/model/machine.ts';
import { type QmpClient, type QmpEvent, type QmpOptions, withQmp } from './qmp-client.ts';
import { RUN_FILES } from './run-folder.ts';
import { deferred } from './wakeup.ts';

const Status = z.object({ status: z.string() });
const Count = z.int().nonnegative();
const BlockStatistics = z.array(
  z.object({
    device: z.string().optional(),
    'node-name': z.string().optional(),
    stats: z.object({
      rd_bytes: Count,
      wr_bytes: Count,
      rd_operations: Count,
      wr_operations: Count,
      flush_operations: Count,
      failed_rd_operations: Count,
      failed_wr_operations: Count,
      failed_flush_operations: Count,
    }),
  }),
);

/** `quit`: QEMU ends at once. Resolves when it has said yes or closed the line. */
export async function quitQemu(runPath: string, options: QmpOptions): Promise<void> {
  await withMonitor(runPath, options, async (client) => {
    // The line may close before the answer.
    await Promise.race([client.execute('quit').catch(() => undefined), client.closed]);
  });
}

/** QEMU's run state, e.g. `running`, `internal-error` (the accelerator gave up), `io-error` (no space for a disk write). */
export async function queryRunState(runPath: string, options: QmpOptions): Promise<string> {
  return withMonitor(runPath, options, readRunState);
}

export async function readRunState(client: QmpClient): Promise<string> {
  return Status.parse(await client.execute('query-status')).status;
}

/** `cont`: a machine that stands still goes on. */
export async function continueQemu(runPath: string, options: QmpOptions): Promise<void> {
  await withMonitor(runPath, options, (client) => client.execute('cont'));
}

/** `stop`: the machine stands still between two instructions. */
export async function pauseQemu(runPath: string, options: QmpOptions): Promise<void> {
  await withMonitor(runPath, options, (client) => client.execute('stop'));
}

/** `system_powerdown`: the power button; a guest without ACPI does not notice. */
export async function pressPower(runPath: string, options: QmpOptions): Promise<void> {
  await withMonitor(runPath, options, (client) => client.execute('system_powerdown'));
}

/** SeaBIOS comes to its own reset in its first instructions. */
const SECOND_RESET_MILLISECONDS = 1000;

/** `system_reset`. With -no-reboot a reset would end QEMU: it is allowed for this one, and the guest's own are refused as before. */
export async function resetQemu(runPath: string, options: QmpOptions): Promise<void> {
  const seen = deferred();
  const onEvent = ({ name }: QmpEvent): void => {
    if (name === 'RESET') seen.resolve();
  };
  await withQmp(runPath, RUN_FILES.monitorSocket, { ...options, onEvent }, async (client) => {
    await client.execute('set-action', { reboot: 'reset' });
    try {
      await client.execute('system_reset');
      await Promise.race([seen.promise, client.closed]);
      // Where memory outlives the reset, SeaBIOS resets once more by itself (src/resume.c, tryReboot).
      await Promise.race([sleep(SECOND_RESET_MILLISECONDS), client.closed]);
    } finally {
      await client.execute('set-action', { reboot: 'shutdown' });
    }
  });
}

/** `screendump` into a file of the run's folder, which QEMU works in. PNG since QEMU 7.1; older ones know PPM only, and no word for it. */
export async function dumpScreen(
  runPath: string,
  { name, format }: { name: string; format: 'png' | 'ppm' },
  options: QmpOptions,
): Promise<void> {
  await withMonitor(runPath, options, (client) =>
    client.execute('screendump', { filename: name, ...(format === 'png' ? { format } : {}) }),
  );
}

/** `query-blockstats` of our disks. */
export async function queryDisks(runPath: string, options: QmpOptions): Promise<DiskStatistics[]> {
  const found = BlockStatistics.parse(
    await withMonitor(runPath, options, (client) => client.execute('query-blockstats')),
  );
  return found
    .filter((disk) => disk['node-name']?.startsWith('disk-') === true)
    .map(({ device = '', stats }) => ({
      disk: device,
      readBytes: stats.rd_bytes,
      writtenBytes: stats.wr_bytes,
      readOperations: stats.rd_operations,
      writeOperations: stats.wr_operations,
      flushOperations: stats.flush_operations,
      failedOperations:
        stats.failed_rd_operations + stats.failed_wr_operations + stats.failed_flush_operations,
    }));
}

export async function withMonitor<T>(
  runPath: string,
  options: QmpOptions,
  use: (client: QmpClient) => Promise<T>,
): Promise<T> {
  return withQmp(runPath, RUN_FILES.monitorSocket, options, use);
}
