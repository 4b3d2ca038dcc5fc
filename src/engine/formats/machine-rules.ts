// Rules about the machine that a bootstrap runs on: room on its disk, swap, console.
// Source: live-bootstrap 984b8322, the steps named at each rule.
import type { BootstrapConfiguration, ImageFinding } from '../../shared/model/bootstrap-config.ts';
import { hasExternalDisk, isSandbox, printsOnScreen } from './bootstrap-cfg.ts';
import { finding, type RuleContext } from './bootstrap-rule.ts';

/** steps/improve/swap.sh: `dd bs=1M count=${SWAP_SIZE}`. */
export function swapRules(configuration: BootstrapConfiguration): ImageFinding[] {
  const { swapMiB, targetSizeMiB, externalSizeMiB, machine } = configuration;
  if (swapMiB === 0) return [];
  if (isSandbox(configuration))
    return [
      finding(
        'warning',
        'swap-in-sandbox',
        'swapMiB',
        'A sandbox uses this machine’s swap; upstream makes none there, and 0 is written.',
      ),
    ];
  const rootMiB = hasExternalDisk(configuration) ? externalSizeMiB : targetSizeMiB - 1024;
  const isKnown = machine === 'qemu' || hasExternalDisk(configuration);
  if (isKnown && swapMiB + LEAST_ROOT_MIB > rootMiB)
    return [
      finding(
        'error',
        'swap-too-large',
        'swapMiB',
        `The swap file lies on the disk of the new system, which has ${Math.max(0, rootMiB)} MiB; with the swap too little is left for the system itself.`,
        'Make the disk larger, or the swap smaller.',
      ),
    ];
  return [];
}

/** Sources, packages and builds fill several GiB; runs with less were reported to fail (live-bootstrap issues 133, 254, 291). */
const LEAST_ROOT_MIB = 8192;

export function sizeRules(configuration: BootstrapConfiguration, { goal }: RuleContext): ImageFinding[] {
  const { machine, targetSizeMiB, externalSizeMiB } = configuration;
  if (goal === 'stage0' || isSandbox(configuration)) return [];
  if (hasExternalDisk(configuration))
    return externalSizeMiB < LEAST_ROOT_MIB ? [small('externalSizeMiB', externalSizeMiB)] : [];
  // jump/move_disk.sh begins its partition at 1 GiB; so does the disk for a supplied kernel. On bare metal a drive has its own size.
  if (machine !== 'qemu' && targetSizeMiB === 0) return [];
  if (targetSizeMiB <= 1024 && machine === 'qemu')
    return [
      finding(
        'warning',
        'disk-too-small',
        'targetSizeMiB',
        'The system’s partition begins at 1 GiB of this disk, so a disk of that size has no room for it.',
        'Take 16384 MiB, upstream’s default: the file is sparse and takes only what is used.',
      ),
    ];
  return targetSizeMiB - 1024 < LEAST_ROOT_MIB ? [small('targetSizeMiB', targetSizeMiB)] : [];
}

function small(field: string, sizeMiB: number): ImageFinding {
  return finding(
    'warning',
    'disk-small',
    field,
    `${sizeMiB} MiB are little: runs were reported to end with a full disk.`,
    'Take 16384 MiB, upstream’s default: the file is sparse and takes only what is used.',
  );
}

/** BARE_METAL=True means tty1 for ttyS0 from Fiwix on. */
export function consoleRules(configuration: BootstrapConfiguration, { goal }: RuleContext): ImageFinding[] {
  const { machine, console, interactive } = configuration;
  if (isSandbox(configuration) || goal === 'stage0') return [];
  if (!printsOnScreen(configuration))
    return machine === 'bare-metal'
      ? [
          finding(
            'warning',
            'screen-silent',
            'console',
            'From Fiwix on nothing appears on the screen: the machine prints on its first serial port.',
          ),
        ]
      : [];
  if (machine === 'qemu')
    return [
      finding(
        'warning',
        'serial-silent',
        'console',
        `${interactive && console === 'upstream' ? 'For an interactive run upstream' : 'This'} writes BARE_METAL=True: after the first eight builds the serial port is silent, so nothing more can be followed, logged or explained.`,
        'Take the console “serial”; shells on errors then come up there.',
      ),
    ];
  return [];
}
