// What is wrong or risky about a configuration, before anything is built. Upstream's own refusals are errors; what would fail or destroy something
// hours later is an error or an explained warning. Source: live-bootstrap 984b8322, rootfs.py (main) and the steps named at each rule.
import type { BootstrapConfiguration, ImageFinding } from '../../shared/model/bootstrap-config.ts';
import { isSandbox, startsFromBuilderHex0 } from './bootstrap-cfg.ts';
import { finding, type Rule, type RuleContext } from './bootstrap-rule.ts';
import { diskRules } from './disk-rules.ts';
import { consoleRules, sizeRules, swapRules } from './machine-rules.ts';
import { mirrorRules } from './mirror-rules.ts';

/** Errors first. */
export function checkConfiguration(
  configuration: BootstrapConfiguration,
  context: RuleContext,
): ImageFinding[] {
  const found = RULES.flatMap((rule) => rule(configuration, context));
  return [
    ...found.filter(({ level }) => level === 'error'),
    ...found.filter(({ level }) => level === 'warning'),
  ];
}

function archRules({ arch }: BootstrapConfiguration): ImageFinding[] {
  if (arch === 'x86') return [];
  return [
    finding(
      'error',
      'arch-unsupported',
      'arch',
      'Upstream supports x86 only; other processors are for its developers, and builder-hex0 exists for x86 alone.',
      'Take x86: it also runs on 64-bit machines.',
    ),
  ];
}

function kernelRules(
  { machine, suppliedKernel, buildKernels }: BootstrapConfiguration,
  { goal }: RuleContext,
): ImageFinding[] {
  const found: ImageFinding[] = [];
  if (suppliedKernel && isSandbox({ machine }))
    found.push(
      finding(
        'error',
        'kernel-in-sandbox',
        'suppliedKernel',
        'A chroot and bubblewrap run under this machine’s own kernel, so no other can be supplied.',
        'Take QEMU or bare metal, or leave the kernel out.',
      ),
    );
  if (suppliedKernel && !isSandbox({ machine }))
    found.push(
      finding(
        'warning',
        'kernel-on-faith',
        'suppliedKernel',
        'The first part runs on a kernel that was not built from source here, so it is taken on faith. It needs ext3 and the disk’s driver built in and must run 32-bit programs.',
      ),
    );
  if (buildKernels && startsFromBuilderHex0({ machine, suppliedKernel }) && goal === 'end')
    found.push(
      finding(
        'warning',
        'build-kernels-idle',
        'buildKernels',
        'Kernels are always built when the bootstrap starts from builder-hex0, so this changes nothing.',
      ),
    );
  return found;
}

function interactiveRules(
  { configurator, interactive, createConfig, machine, suppliedKernel, internalCi }: BootstrapConfiguration,
  { overlays }: RuleContext,
): ImageFinding[] {
  const found: ImageFinding[] = [];
  if (configurator)
    found.push(
      finding(
        'warning',
        'configurator-asks',
        'configurator',
        'The machine stops under Fiwix and asks on its console until every option has a value. A swap size like 4G is taken there but fails later: it must be plain MiB. QEMU, JOBS and ARCH_DIR are dropped, so a mirror at 127.0.0.1 is not found any more.',
      ),
    );
  if (interactive)
    found.push(
      finding(
        'warning',
        'interactive-waits',
        'interactive',
        'A failed build opens a shell and waits for a person, and so does the end: an unattended run does not end by itself.',
      ),
    );
  if (!createConfig && !overlays.includes(OWN_CONFIGURATION))
    found.push(
      finding(
        startsFromBuilderHex0({ machine, suppliedKernel }) ? 'error' : 'warning',
        'config-empty',
        'createConfig',
        'An empty bootstrap.cfg names no processor; builder-hex0 makes a directory of an empty file, and the configurator fails on it (live-bootstrap issue 364).',
        'Let it be created, or bring your own as steps/bootstrap.cfg in an overlay folder.',
      ),
    );
  if (internalCi !== null)
    found.push(
      finding(
        'warning',
        'internal-ci',
        'internalCi',
        'For upstream’s own tests: the bootstrap ends at the first break.',
      ),
    );
  return found;
}

/** In RuleContext.overlays when an overlay folder brings steps/bootstrap.cfg. */
export const OWN_CONFIGURATION = 'own-configuration';

function checksumRules({ updateChecksums }: BootstrapConfiguration): ImageFinding[] {
  if (!updateChecksums) return [];
  return [
    finding(
      'warning',
      'checksums-unchecked',
      'updateChecksums',
      'What is built is not compared with the expected checksums; new ones are written instead. The result proves nothing.',
    ),
  ];
}

function preseedRules(
  { earlyPreseed, machine, suppliedKernel }: BootstrapConfiguration,
  { goal }: RuleContext,
): ImageFinding[] {
  if (!earlyPreseed) return [];
  if (goal === 'stage0')
    return [
      finding(
        'error',
        'preseed-skips-goal',
        'earlyPreseed',
        'An early preseed takes the place of the first stage, so there is nothing left to reach.',
        'Leave the preseed out, or take the whole bootstrap as the goal.',
      ),
    ];
  const found = startsFromBuilderHex0({ machine, suppliedKernel })
    ? [
        finding(
          'warning',
          'preseed-skips-fiwix',
          'earlyPreseed',
          'The preseed begins behind the jump to Fiwix, which is skipped with the rest: bash would have to run on builder-hex0, and nothing hands over to Linux. Upstream allows it, but it was made for a chroot or a supplied kernel.',
          'Take a supplied kernel with it.',
        ),
      ]
    : [];
  return [
    ...found,
    finding(
      'warning',
      'preseed-on-faith',
      'earlyPreseed',
      'The early stages are taken from a file, not built: that file is taken on faith.',
    ),
  ];
}

/** improve/get_network.sh fetches example.com and ends the run when it cannot, whatever is on the disks. */
function networkRules(
  configuration: BootstrapConfiguration,
  { goal, overlays }: RuleContext,
): ImageFinding[] {
  if (goal === 'stage0' && overlays.some((name) => name !== OWN_CONFIGURATION))
    return [
      finding(
        'warning',
        'overlay-not-reached',
        'overlays',
        'The built-in overlays change what happens hours later; the first stage ends before.',
      ),
    ];
  if (goal === 'stage0' || isSandbox(configuration)) return [];
  const isOffline = overlays.includes('offline');
  if (isOffline && !configuration.externalSources)
    return [
      finding(
        'error',
        'offline-without-sources',
        'overlays',
        'Without a network the machine can get no distfiles, and only those for the first part are in the boot image.',
        'Put all distfiles on a disk (external sources), or leave the overlay “offline” out.',
      ),
    ];
  if (!isOffline && configuration.externalSources)
    return [
      finding(
        'warning',
        'network-demanded',
        'overlays',
        'Though all distfiles are on a disk, the bootstrap asks example.com whether it has a network and ends after two minutes without an answer.',
        'Add the overlay “offline” for a machine without the Internet.',
      ),
    ];
  return [];
}

const RULES: readonly Rule[] = [
  archRules,
  kernelRules,
  diskRules,
  sizeRules,
  swapRules,
  mirrorRules,
  networkRules,
  consoleRules,
  interactiveRules,
  checksumRules,
  preseedRules,
];
