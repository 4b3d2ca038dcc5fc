// steps/bootstrap.cfg, the configuration that kaem and bash read as `VAR=value` lines.
// Source: live-bootstrap 984b8322, rootfs.py (create_configuration_file).
import { SeedbedError } from '../../shared/errors.ts';
import type { BootstrapConfiguration } from '../../shared/model/bootstrap-config.ts';

/** MAX_STRING of script-generator.c, less the NUL; configurator.c has the same. */
export const LONGEST_CFG_LINE = 2047;

/** The text of bootstrap.cfg. Throws INPUT_INVALID for a value that the guest's shells would read as more than a word. */
export function formatBootstrapCfg(configuration: BootstrapConfiguration): string {
  if (!configuration.createConfig) return '';
  const { cores, externalSources, mirrors } = configuration;
  for (const mirror of mirrors) checkMirror(mirror);
  const lines = [
    `ARCH=${word(configuration.arch)}`,
    `ARCH_DIR=${word(STAGE0_FOLDERS[configuration.arch] ?? configuration.arch)}`,
    `FORCE_TIMESTAMPS=${bool(configuration.forceTimestamps)}`,
    `CHROOT=${bool(isSandbox(configuration))}`,
    `UPDATE_CHECKSUMS=${bool(configuration.updateChecksums)}`,
    `JOBS=${cores}`,
    `SWAP_SIZE=${isSandbox(configuration) ? 0 : configuration.swapMiB}`,
    `FINAL_JOBS=${cores}`,
    `INTERNAL_CI=${word(configuration.internalCi ?? 'False')}`,
    `INTERACTIVE=${bool(configuration.interactive)}`,
    `QEMU=${bool(configuration.machine === 'qemu')}`,
    `BARE_METAL=${bool(printsOnScreen(configuration))}`,
    `DISK=${word(diskOf(configuration))}`,
    `KERNEL_BOOTSTRAP=${bool(startsFromBuilderHex0(configuration))}`,
    `BUILD_KERNELS=${bool(configuration.updateChecksums || configuration.buildKernels)}`,
    `CONFIGURATOR=${bool(configuration.configurator)}`,
    ...(externalSources || mirrors.length === 0 ? [] : [`MIRRORS="${mirrors.join(' ')}"`]),
    ...(externalSources ? [] : [`MIRRORS_LEN=${mirrors.length}`]),
  ];
  if (lines.some((line) => line.length > LONGEST_CFG_LINE))
    throw new SeedbedError('INPUT_INVALID', { reason: 'the mirrors together are too long; name fewer' });
  return lines.map((line) => `${line}\n`).join('');
}

/** lib/generator.py, stage0_arch_map. */
const STAGE0_FOLDERS: Readonly<Record<string, string>> = { amd64: 'AMD64' };

type Machine = Pick<BootstrapConfiguration, 'machine' | 'suppliedKernel'>;

export function isSandbox({ machine }: Pick<BootstrapConfiguration, 'machine'>): boolean {
  return machine === 'chroot' || machine === 'bwrap';
}

export function startsFromBuilderHex0({ machine, suppliedKernel }: Machine): boolean {
  return !isSandbox({ machine }) && !suppliedKernel;
}

/** There is an external disk beside the boot disk. */
export function hasExternalDisk(
  configuration: Machine & Pick<BootstrapConfiguration, 'externalSources' | 'repoPreseeded'>,
): boolean {
  return (
    startsFromBuilderHex0(configuration) && (configuration.externalSources || configuration.repoPreseeded)
  );
}

/** The Linux name that rootfs.py writes, unless another was named. */
export function diskOf(configuration: BootstrapConfiguration): string {
  if (configuration.disk !== null) return configuration.disk;
  if (!startsFromBuilderHex0(configuration)) return 'sda1';
  return hasExternalDisk(configuration) ? 'sdb1' : 'sda';
}

/** BARE_METAL decides nothing but the console: steps/jump/fiwix.sh and linux.sh take tty1 for ttyS0. */
export function printsOnScreen({
  machine,
  interactive,
  console,
}: Pick<BootstrapConfiguration, 'machine' | 'interactive' | 'console'>): boolean {
  if (console !== 'upstream') return console === 'screen';
  return machine === 'bare-metal' || (machine === 'qemu' && interactive);
}

/** Python's spelling. */
function bool(value: boolean): string {
  return value ? 'True' : 'False';
}

function word(value: string): string {
  if (!/^[\w.-]+$/.test(value))
    throw new SeedbedError('INPUT_INVALID', {
      reason: `${JSON.stringify(value)} must be letters, digits, dots and dashes`,
    });
  return value;
}

export function isGuestMirror(mirror: string): boolean {
  return /^https?:\/\/[!-~]+$/.test(mirror) && !/["'\\$`]/.test(mirror);
}

function checkMirror(mirror: string): void {
  if (!isGuestMirror(mirror))
    throw new SeedbedError('INPUT_INVALID', {
      reason: `the mirror ${JSON.stringify(mirror)} must be an http or https address without quotes, spaces, $, \\ or backquotes`,
    });
}
