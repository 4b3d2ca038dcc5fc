// The real QEMU for tests: whether it is there, and images for it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildImage } from '../../src/engine/image/build.ts';
import type { Image } from '../../src/shared/model/image.ts';

const REQUIRED = process.env['REQUIRE_TOOLS'] === '1';

/** A reason to skip, for the name of the skipped suite; null when QEMU is there. Throws when tools are required. */
export function qemuMissing(): string | null {
  const { status } = spawnSync('qemu-system-x86_64', ['--version']);
  if (status === 0) return null;
  if (REQUIRED) throw new Error('REQUIRE_TOOLS=1, but qemu-system-x86_64 is not installed');
  return 'qemu-system-x86_64 is not installed';
}

/** Title of a suite that needs QEMU: says loudly why it is skipped. */
export function qemuTitle(title: string): string {
  const missing = qemuMissing();
  return missing === null ? title : `${title} [SKIPPED: ${missing}]`;
}

/** The boot check as a user's image, built into `folder`. */
export async function buildBootCheck(folder: string): Promise<Image> {
  const path = join(folder, 'boot.img');
  const record = await buildImage({ kind: 'boot-check' }, path, join(folder, 'image.json'), {
    replace: true,
  });
  return { id: 'boot-check', path, record };
}
