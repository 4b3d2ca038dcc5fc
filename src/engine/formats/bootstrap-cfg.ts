// steps/bootstrap.cfg, the configuration that kaem and bash read as `VAR=value` lines.
// Source: live-bootstrap 984b8322, rootfs.py (create_configuration_file) with `--qemu --cores N --mirrors …` and defaults otherwise.
import { SeedbedError } from '../../shared/errors.ts';

export interface BootstrapConfiguration {
  /** Processors for the build once Linux is up. */
  cores: number;
  /** Where the machine fetches distfiles from after it has a network; http or https. */
  mirrors: readonly string[];
}

/** script-generator.c and configurator.c read lines into buffers of 2048. */
const LONGEST_LINE = 2047;

/** The text of bootstrap.cfg. Throws INPUT_INVALID for a mirror that the guest's shells would read as more than a word. */
export function formatBootstrapCfg({ cores, mirrors }: BootstrapConfiguration): string {
  for (const mirror of mirrors) checkMirror(mirror);
  const lines = [
    'ARCH=x86',
    'ARCH_DIR=x86',
    'FORCE_TIMESTAMPS=False',
    'CHROOT=False',
    'UPDATE_CHECKSUMS=False',
    `JOBS=${cores}`,
    'SWAP_SIZE=0',
    `FINAL_JOBS=${cores}`,
    'INTERNAL_CI=False',
    'INTERACTIVE=False',
    'QEMU=True',
    'BARE_METAL=False',
    'DISK=sda',
    'KERNEL_BOOTSTRAP=True',
    'BUILD_KERNELS=False',
    'CONFIGURATOR=False',
    ...(mirrors.length > 0 ? [`MIRRORS="${mirrors.join(' ')}"`] : []),
    `MIRRORS_LEN=${mirrors.length}`,
  ];
  if (lines.some((line) => line.length > LONGEST_LINE))
    throw new SeedbedError('INPUT_INVALID', { reason: 'the mirrors together are too long; name fewer' });
  return lines.map((line) => `${line}\n`).join('');
}

function checkMirror(mirror: string): void {
  if (!/^https?:\/\/[!-~]+$/.test(mirror) || /["'\\$`]/.test(mirror))
    throw new SeedbedError('INPUT_INVALID', {
      reason: `the mirror ${JSON.stringify(mirror)} must be an http or https address without quotes, spaces, $, \\ or backquotes`,
    });
}
