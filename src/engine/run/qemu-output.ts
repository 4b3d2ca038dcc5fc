// What QEMU itself says in qemu.log, beside the guest's console.
import { open } from 'node:fs/promises';
import { osCodeOf } from '../os-errors.ts';

/** QEMU accel/kvm/kvm-all.c, kvm_handle_internal_error and kvm_cpu_exec: after each of these the machine is paused for ever. */
const FAULT =
  /^(KVM internal error\. Suberror: \d+|KVM: entry failed, hardware error \S+|error: kvm run failed .*)/m;

/** QEMU's words when the accelerator gave up, else null. */
export function acceleratorFaultIn(output: string): string | null {
  return FAULT.exec(output)?.[1]?.trim() ?? null;
}

/** Enough for every message, and for a register dump. */
const KEPT_BYTES = 8192;

/** The first and the last of what QEMU said; empty when it said nothing. */
export async function readQemuOutput(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const head = Buffer.alloc(Math.min(size, KEPT_BYTES));
      await file.read(head, 0, head.length, 0);
      const tail = Buffer.alloc(Math.min(Math.max(0, size - KEPT_BYTES), KEPT_BYTES));
      await file.read(tail, 0, tail.length, size - tail.length);
      return (head.toString('utf8') + tail.toString('utf8')).trim();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (osCodeOf(error) === null) throw error;
    return '';
  }
}
