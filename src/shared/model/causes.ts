// Why a run ended, in plain words: per cause a sentence (what happened) and a hint (what to do now).
// Numbers are issues of https://github.com/fosslinux/live-bootstrap unless another project is named.
import type { CauseCode, Verdict } from './console.ts';

/** Every cause that a verdict can name. */
export type VerdictCause = NonNullable<Verdict['cause']>;

interface CauseText {
  /** `subject` is what failed, as the failure names it; it may be empty. */
  sentence: (subject: string) => string;
  hint: string;
}

const HOST_FAULT =
  'The sources are the same everywhere; look at the machine: run again with the accelerator tcg, test the memory, and on real hardware use another boot drive or board';

const FAILURE_TEXTS: { [C in CauseCode]: CauseText } = {
  'no-boot-device': {
    sentence: () => 'The firmware found nothing that it could boot.',
    hint: 'Check that the image is the first disk and was written completely; build it again if in doubt. On real hardware choose BIOS (CSM) boot, not UEFI.',
  },
  'disk-read-error': {
    sentence: (subject) =>
      `The firmware could not read the boot disk${at(subject)}, and builder-hex0 tries again for ever.`,
    hint: 'In QEMU: the image file is shorter than its stream; build it again. On real hardware: write the drive again and verify it, or use another drive or port (builder-hex0 pull requests 6, 13, 14).',
  },
  'stage0-mismatch': {
    sentence: (subject) =>
      `The stage0 tool ${named(subject, 'that was built')} is not the one that these sources make: the emulator, the memory or the processor computed something wrong.`,
    hint: `${HOST_FAULT} (issue 477).`,
  },
  'stage0-failed': {
    sentence: (subject) => `A stage0 command failed${at(subject)}.`,
    hint: `If the checkout has local changes, undo them and build the image again. ${HOST_FAULT} (issues 477, 584).`,
  },
  'source-mismatch': {
    sentence: (subject) => `The source file ${named(subject, 'on the image')} is not the one that is wanted.`,
    hint: 'Download that file again, compare it with its checksum, and build a new image. Upstream addresses change; a mirror may still have the right file (issues 519, 499).',
  },
  'source-missing': {
    sentence: (subject) => `The source file ${named(subject, 'of this build')} is not there.`,
    hint: 'Build an image that holds all source files, or choose the goal stage0, which needs none. When it should be downloaded by the machine: check mirrors and network (issues 519, 499).',
  },
  'download-failed': {
    sentence: (subject) => `The machine could not download what ${named(subject, 'a build')} is made from.`,
    hint: 'Check the network of this host and the mirrors in the configuration: the machine tries one of them, chosen by chance, and then upstream. Best give it one mirror that works, such as Seedbed’s own, or all sources on a second disk.',
  },
  'product-mismatch': {
    sentence: (subject) =>
      `${named(subject, 'A product')} was built, but is not byte for byte what live-bootstrap expects.`,
    hint: 'Some packages are known to differ now and then (issues 576, 361; pull request 537): run again with a new image. If it stays, the checkout has changes, or the machine computes wrongly (issue 477).',
  },
  'checksum-missing': {
    sentence: (subject) =>
      `The checkout has no checksum for the package ${named(subject, 'that was built')}.`,
    hint: 'The step was changed or added without its line in steps/SHA256SUMS.pkgs. Compare the checkout with its commit; for work on steps set UPDATE_CHECKSUMS=True.',
  },
  'build-failed': {
    sentence: (subject) => `${named(subject, 'A build step')} failed.`,
    hint: 'Read the lines before the failure. With many jobs and little memory a compiler may have been killed: give more memory or fewer cores (issue 332). Start again with a new image; a half-used one cannot be continued (issue 519).',
  },
  'out-of-space': {
    sentence: (subject) =>
      `The machine ran out of space${subject === '' ? '' : ` while building ${subject}`}.`,
    hint: 'Make the disk larger, 32 GiB or more, and start again with a new image (issues 133, 254, 291).',
  },
  'out-of-memory': {
    sentence: (subject) =>
      `The machine ran out of memory${subject === '' ? '' : ` while building ${subject}`}.`,
    hint: 'Give more memory, fewer cores (each compiler of GCC takes about 1 GiB), or swap space, and start again with a new image.',
  },
  'kernel-panic': {
    sentence: (subject) => `The kernel gave up${subject === '' ? '' : `: ${subject}`}.`,
    hint: 'The real cause usually stands some lines earlier in the log (issues 353, 288). Start again with a new image; give at least 4 GiB of memory (issue 332).',
  },
  'network-timeout': {
    sentence: () => 'The machine waited for the internet and gave up.',
    hint: 'live-bootstrap needs a wired network that reaches example.com, even when all sources are on a disk (pull request 578). In QEMU check that the host is online; on real hardware that the network card is supported (issue 329).',
  },
  'disk-timeout': {
    sentence: () => 'Linux waited for its disk and gave up.',
    hint: 'DISK in bootstrap.cfg must be the name that the target machine gives the disk, and the disk must be IDE, SATA, NVMe or USB. In QEMU use the disks that Seedbed attaches.',
  },
  'handover-hang': {
    sentence: (subject) =>
      `The machine fell silent at the hand-over from one kernel to the next${subject === '' ? '' : ` (${subject})`}.`,
    hint: 'Under KVM this is known where the interrupt controller is not split (kernel-irqchip=split, which Seedbed always gives). Run again with the accelerator tcg.',
  },
  'machine-restarted': {
    sentence: (subject) => `The machine restarted by itself${subject === '' ? '' : ` after: ${subject}`}.`,
    hint: 'The processor met something that it could not go on from. Give 4 GiB of memory or more, run again with the accelerator tcg, and on real hardware try without other drives and with less memory (issues 477, 584).',
  },
  'ended-early': {
    sentence: (subject) =>
      `The machine stopped before the goal was reached${subject === '' ? '' : `: ${subject}`}.`,
    hint: 'Read the end of the log. If QEMU was ended from outside, start the run again with a new image.',
  },
  'accelerator-fault': {
    sentence: (subject) => `The accelerator cannot run this machine${subject === '' ? '' : `: ${subject}`}.`,
    hint: 'Run again with the accelerator tcg: it is slower but does not depend on the host. Virtual machines inside virtual machines are the usual reason.',
  },
  'boot-check-stream-damaged': {
    sentence: (subject) =>
      `The boot check read other bytes than the image holds${subject === '' ? '' : `: ${subject}`}.`,
    hint: 'Write the image again and verify it. If it stays, the drive, its port or the memory is at fault: try another one before you start a bootstrap.',
  },
  'boot-check-stream-truncated': {
    sentence: () => 'The boot check reached the end of the image before the end of its stream.',
    hint: 'The image file or the drive is cut short: build or write it again and verify it.',
  },
  'boot-check-memory-short': {
    sentence: () => 'The machine has too little memory in one piece for builder-hex0.',
    hint: 'builder-hex0 needs memory without holes from 1 MiB to 2.94 GiB. In QEMU give 4096 MiB; on real hardware look for a hole in the memory map, or choose legacy BIOS instead of UEFI with CSM (issues 477, 332).',
  },
  'boot-check-memory-bad': {
    sentence: () => 'A place in the memory did not keep what was written to it.',
    hint: 'Test the memory of the machine before you start a bootstrap. A firmware that reports memory it uses itself can also be the reason (issue 477).',
  },
  'boot-check-disk-error': {
    sentence: (subject) => `The firmware could not read the boot disk${at(subject)}.`,
    hint: 'Write the drive again and verify it, or use another drive or port; SATA is more dependable than USB (issue 584).',
  },
  'boot-check-machine': {
    sentence: (subject) => `This machine lacks something that builder-hex0 needs${at(subject)}.`,
    hint: 'builder-hex0 needs a PC BIOS with int 13h extensions, a working A20 line and software interrupts. Update the firmware, switch CSM on, or use another machine; with KVM use the accelerator tcg.',
  },
  'boot-check-wrong-bytes': {
    sentence: (subject) =>
      `The boot check was content, but what it read is not what the image holds${subject === '' ? '' : `: ${subject}`}.`,
    hint: 'Another image was booted than the one that was written, or bytes change on the way: write the image again, verify it, and boot only that drive.',
  },
};

const TEXTS: { [C in VerdictCause]: CauseText } = {
  ...FAILURE_TEXTS,
  'qemu-died': {
    sentence: (subject) => `QEMU ended before the machine had begun${subject === '' ? '' : `: ${subject}`}.`,
    hint: "QEMU's own words stand in the run's qemu.log; seedbed doctor checks the installation.",
  },
  lost: {
    sentence: () => 'The machine is gone and nobody saw how it ended; the log stops before the goal.',
    hint: 'The host may have been switched off or short of memory. Start the run again with a new image.',
  },
  'waits-for-input': {
    sentence: (subject) => `The machine waits for somebody to type${subject === '' ? '' : `: ${subject}`}.`,
    hint: 'Type into the console of the run. The configurator goes on with “e” when every option has a value; a [TRAP] shell goes on with exit (early bash: the end of input, Ctrl+D).',
  },
  'host-out-of-space': {
    sentence: () =>
      'This host ran out of space, so that the disks of the machine could not be written any more.',
    hint: 'Free space where the data folder stands. A run that is only paused goes on by itself; one that has ended must start again with a new image.',
  },
  stopped: {
    sentence: () => 'The run was stopped before the goal was reached.',
    hint: 'A stopped machine cannot go on: start the run again with a new image.',
  },
};

/** What happened, and what to do now. */
export function causeText(cause: VerdictCause, subject: string): { sentence: string; hint: string } {
  const text = TEXTS[cause];
  return { sentence: text.sentence(subject), hint: text.hint };
}

function at(subject: string): string {
  return subject === '' ? '' : ` (${subject})`;
}

function named(subject: string, otherwise: string): string {
  return subject === '' ? otherwise : subject;
}
