// Known issues behind a cause, as links: what others met, and what came of it. Titles are ours; numbers and what they are about are from the issues
// themselves, as live-bootstrap's tracker had them in 2026.
import type { VerdictCause } from './causes.ts';

export interface KnownIssue {
  title: string;
  url: string;
}

const TRACKER = 'https://github.com/fosslinux/live-bootstrap';

function issue(number: number, title: string): KnownIssue {
  return { title, url: `${TRACKER}/issues/${number}` };
}

function pull(number: number, title: string): KnownIssue {
  return { title, url: `${TRACKER}/pull/${number}` };
}

const ISSUES: { [C in VerdictCause]?: readonly KnownIssue[] } = {
  'disk-read-error': [
    pull(416, 'A BIOS that needs its disk addressed in its own way'),
    pull(392, 'USB disks that appear late'),
  ],
  'stage0-mismatch': [issue(477, 'All stage0 tools differ in QEMU on one host; holes in the memory map')],
  'stage0-failed': [
    issue(477, 'Hang at kaem.x86: memory that is not in one piece'),
    issue(584, 'Crashes with much memory and when booted from USB'),
  ],
  'source-mismatch': [issue(519, 'Files that cannot be downloaded'), issue(499, 'Mirrors are needed')],
  'source-missing': [issue(519, 'Files that cannot be downloaded'), issue(499, 'Mirrors are needed')],
  'download-failed': [
    issue(345, 'Downloads before the machine has TLS'),
    issue(485, 'Hosts that answer https only'),
    issue(519, 'Files that cannot be downloaded'),
  ],
  'product-mismatch': [issue(576, 'Packages that are not reproducible')],
  'build-failed': [issue(519, 'A failed build cannot be tried again in the same place')],
  'out-of-space': [
    issue(133, 'Disk full in QEMU'),
    issue(254, 'Disk full under a kernel of one’s own'),
    issue(291, 'No space left on device'),
  ],
  'out-of-memory': [
    issue(332, 'Less than 4 GiB of memory'),
    pull(387, 'GCC with many jobs needs more than 4 GiB; swap'),
  ],
  'kernel-panic': [
    issue(353, 'A panic is how every late failure looks'),
    issue(288, 'Attempted to kill init'),
  ],
  'network-timeout': [
    pull(578, 'The network step cannot be left out'),
    issue(329, 'Network cards that are not supported'),
  ],
  'handover-hang': [issue(448, 'Stuck for ever at “jumping to trampoline”')],
  'machine-restarted': [issue(477, 'Memory that is not in one piece'), issue(584, 'Random crashes')],
  'boot-check-memory-short': [
    issue(477, 'Memory that is not in one piece'),
    issue(332, 'Less than 4 GiB of memory'),
  ],
  'boot-check-disk-error': [issue(584, 'Better from SATA than from USB')],
  lost: [issue(430, 'A run of five days where hours are usual')],
};

/** Of single packages: the beginning of the package's name, and what is known of it. */
const PACKAGES: readonly { name: string; issue: KnownIssue }[] = [
  { name: 'gettext-0.26', issue: issue(576, 'gettext-0.26: the order of an archive') },
  { name: 'libtool-2.2.4', issue: pull(537, 'libtool-2.2.4: made anew now and then') },
  { name: 'perl', issue: pull(361, 'perl: the name of the user who builds') },
];

/** `subject` is what the failure names: a package's file, say. */
export function knownIssues(cause: VerdictCause | null, subject = ''): readonly KnownIssue[] {
  if (cause === null) return [];
  const general = ISSUES[cause] ?? [];
  if (cause !== 'product-mismatch') return general;
  const special = PACKAGES.filter(({ name }) => subject.startsWith(name)).map(({ issue: one }) => one);
  return [...special, ...general.filter(({ url }) => !special.some((one) => one.url === url))];
}
