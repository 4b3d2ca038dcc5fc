// What the last probes found, so that a broken KVM, which can take many seconds to show, is waited for once and not before every run.
// Holds for this boot of the host and this QEMU, and half a day at most. A wrong or foreign file is only ever ignored.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Accelerator, AcceleratorProbe } from '../../shared/model/run.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { Qemu } from './find-qemu.ts';

const Memory = z.strictObject({
  version: z.literal(1),
  boot: z.string(),
  qemu: z.strictObject({ path: z.string(), version: z.string() }),
  probes: z.array(z.strictObject({ at: z.iso.datetime(), probe: AcceleratorProbe })),
});
type Memory = z.infer<typeof Memory>;

const KEPT_MILLISECONDS = 12 * 3_600_000;

export interface AcceleratorMemory {
  recall(accelerator: Accelerator, qemu: Qemu): Promise<{ at: string; probe: AcceleratorProbe } | null>;
  remember(probe: AcceleratorProbe, qemu: Qemu): Promise<void>;
}

/** The memory of a data folder: `accelerators.json` in its root. */
export function openAcceleratorMemory(root: string): AcceleratorMemory {
  const path = join(root, 'accelerators.json');

  async function read(qemu: Qemu): Promise<Memory> {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    const empty: Memory = { version: 1, boot: boot.trim(), qemu, probes: [] };
    const found = Memory.safeParse(parseJson(await readFile(path, 'utf8').catch(() => '')));
    if (!found.success || found.data.boot !== empty.boot) return empty;
    const same = found.data.qemu.path === qemu.path && found.data.qemu.version === qemu.version;
    return same ? found.data : empty;
  }

  return {
    async recall(accelerator, qemu) {
      const { probes } = await read(qemu);
      const found = probes.find((one) => one.probe.accelerator === accelerator);
      return found !== undefined && Date.now() - Date.parse(found.at) < KEPT_MILLISECONDS ? found : null;
    },
    async remember(probe, qemu) {
      const memory = await read(qemu);
      const others = memory.probes.filter((one) => one.probe.accelerator !== probe.accelerator);
      const probes = [...others, { at: new Date().toISOString(), probe }];
      // It only saves time: a folder that cannot be written is reported where it matters.
      await writeFileAtomically(path, `${JSON.stringify({ ...memory, probes }, null, 2)}\n`).catch(
        () => undefined,
      );
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
