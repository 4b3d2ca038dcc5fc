// How to do it again without Seedbed: upstream's own commands for the same options, and the machine as it was started.
// Source of the options: live-bootstrap 984b8322, rootfs.py (argparse in main), download-distfiles.sh; of the boot check: resources/boot-check/README.md.
import type { BootstrapConfiguration } from '../../../shared/model/bootstrap-config.ts';
import type { TrustFacts } from './facts.ts';
import { modeOf } from './trust-base.ts';

export function reproduceLines(facts: TrustFacts): string {
  const { image, run } = facts;
  const kind = image?.record.kind ?? run?.record.image.kind;
  const lines = kind === 'boot-check' ? [...BOOT_CHECK] : upstreamLines(facts);
  if (run !== null && run.record.kind === 'qemu')
    lines.push(
      '',
      '# The machine, as it was started (in the folder of the run; disks/ holds copies of the image):',
      run.command,
    );
  if (run?.record.kind === 'serial' && run.record.serial !== null)
    lines.push(
      '',
      '# The port, as it was read:',
      `stty -F ${run.record.serial.device} ${run.record.serial.baud} raw -echo clocal && cat ${run.record.serial.device}`,
    );
  lines.push(
    '',
    '# Then the hashes, with the script that comes with this report:',
    `sh verify.sh ${verifyWords(facts)}`,
  );
  return `${lines.join('\n')}\n`;
}

function verifyWords({ image, run }: TrustFacts): string {
  if (modeOf(run?.record ?? null) === 'sandbox') return 'PACKAGES-FOLDER';
  return (image?.record.disks ?? []).map(({ file }) => file).join(' ');
}

const BOOT_CHECK: readonly string[] = [
  '# The boot check is hex0 text in Seedbed’s sources, resources/boot-check; its README makes a disk of it with sed, xxd and dd:',
  "sed 's/[;#].*//' stage1.hex0 | xxd -r -p > boot.img     # 512 bytes: compare with the boot sector above",
  'dd if=stage2.hex0 of=boot.img bs=512 seek=1',
];

function upstreamLines({ image, checkout }: TrustFacts): string[] {
  const commit = image?.record.checkout?.commit ?? null;
  const repository =
    checkout?.record.kind === 'fetched'
      ? checkout.record.repositories.find(({ path }) => path === '')
      : undefined;
  const lines = [
    `git clone ${repository?.url ?? 'https://github.com/fosslinux/live-bootstrap'} live-bootstrap && cd live-bootstrap`,
    commit === null
      ? '# The commit is not known: the checkout was no git work tree.'
      : `git checkout ${commit}`,
    'git submodule update --init --recursive',
    './download-distfiles.sh',
  ];
  const configuration = image?.record.configuration ?? null;
  if (configuration !== null) lines.push(upstreamCommand(configuration));
  if (image?.record.goal === 'stage0')
    lines.push('# The goal here was stage0, its first part; upstream’s command goes on to the end.');
  lines.push(
    '# Upstream’s disk has the same files in the order of its own host, so its hash is another one; the input digest (sorted) and the packages are what is compared.',
  );
  return lines;
}

function upstreamCommand(configuration: BootstrapConfiguration): string {
  const words = ['./rootfs.py', '--arch', configuration.arch, '--cores', String(configuration.cores)];
  words.push(`--${configuration.machine}`);
  if (configuration.suppliedKernel) words.push('--kernel', 'KERNEL');
  if (configuration.externalSources) words.push('--external-sources');
  if (configuration.repoPreseeded) words.push('--repo', 'FOLDER');
  if (configuration.earlyPreseed) words.push('--early-preseed', 'FILE');
  if (configuration.forceTimestamps) words.push('--force-timestamps');
  if (configuration.updateChecksums) words.push('--update-checksums');
  if (configuration.buildKernels) words.push('--build-kernels');
  if (configuration.interactive) words.push('--interactive');
  if (configuration.swapMiB > 0) words.push('--swap', `${configuration.swapMiB}`);
  if (configuration.targetSizeMiB > 0 && (configuration.machine === 'qemu' || configuration.suppliedKernel))
    words.push('--target-size', `${configuration.targetSizeMiB}M`);
  return words.join(' ');
}
