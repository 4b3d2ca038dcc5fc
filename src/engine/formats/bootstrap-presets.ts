// Presets: a goal in plain words, what it sets, and what it needs. A start for choices, not a limit to them.
// Figures: live-bootstrap 984b8322; times as reported for it and as measured with QEMU 7.2 (docs/GUIDE.md).
import { DEFAULT_CONFIGURATION } from '../../shared/model/bootstrap-config.ts';
import type { ImagePreset } from '../../shared/model/image-preset.ts';

const FULL_TIME =
  'About 6 hours with KVM on 8 processors; days without it (loading the boot image alone takes about 2 hours then).';
const FULL_MEMORY = '4 GiB for the machine; more helps only once Linux runs.';

export const IMAGE_PRESETS: readonly ImagePreset[] = [
  {
    id: 'quick-check',
    name: 'Quick check',
    summary:
      'Seedbed’s own boot check: can this machine run a bootstrap at all? Nothing of live-bootstrap is in it.',
    goal: 'boot-check',
    configuration: null,
    overlays: [],
    asks: [],
    needs: {
      size: '1 MiB.',
      time: 'Seconds in QEMU, about a minute on a real machine.',
      memory: 'It says itself whether the memory is enough; a bootstrap needs 3 GiB.',
      network: 'None.',
    },
  },
  {
    id: 'first-stage',
    name: 'First stage only',
    summary:
      'From the 181-byte seed to 19 tools that verify themselves: the heart of it, without any distfile.',
    goal: 'stage0',
    configuration: DEFAULT_CONFIGURATION,
    overlays: [],
    asks: ['checkout'],
    needs: {
      size: '8 MiB; the disk is sparse.',
      time: 'About 20 minutes without KVM, a few minutes with it.',
      memory: '3 GiB for the machine at least.',
      network: 'None.',
    },
  },
  {
    id: 'offline',
    name: 'Full run, offline',
    summary:
      'The whole bootstrap with all 310 distfiles on a second disk: nothing is downloaded, and no network is needed.',
    goal: 'end',
    configuration: { ...DEFAULT_CONFIGURATION, externalSources: true },
    overlays: ['offline', 'boot-menu'],
    asks: ['checkout', 'distfiles'],
    needs: {
      size: 'About 0.3 GB for the boot image and 1.3 GB for the external disk; a run fills up to 16 GiB more.',
      time: FULL_TIME,
      memory: FULL_MEMORY,
      network: 'None during the run; the distfiles have to be fetched before.',
    },
  },
  {
    id: 'online',
    name: 'Full run with network',
    summary: 'The whole bootstrap on one disk: the machine downloads what it needs later on from a mirror.',
    goal: 'end',
    configuration: DEFAULT_CONFIGURATION,
    overlays: [],
    asks: ['checkout', 'distfiles', 'mirrors'],
    needs: {
      size: 'About 0.3 GB for the boot image; a run fills up to 16 GiB more.',
      time: FULL_TIME,
      memory: FULL_MEMORY,
      network: 'The machine must reach the Internet and a mirror over plain http for hours.',
    },
  },
  {
    id: 'bare-metal',
    name: 'Bare metal, two disks',
    summary:
      'For a real machine with two drives: one to boot from, one with all 310 distfiles that becomes the new system.',
    goal: 'end',
    configuration: {
      ...DEFAULT_CONFIGURATION,
      machine: 'bare-metal',
      externalSources: true,
      targetSizeMiB: 0,
    },
    overlays: ['offline', 'boot-menu'],
    asks: ['checkout', 'distfiles', 'disk'],
    needs: {
      size: 'A drive of 1 GB or more to boot from, and one of 16 GiB or more.',
      time: 'About 6 hours on 8 fast processors, longer on slow ones.',
      memory: '4 GiB, without holes below 3 GiB: the quick check tells.',
      network: 'None.',
    },
  },
  {
    id: 'bare-metal-one-disk',
    name: 'Bare metal, one disk',
    summary:
      'For a real machine with one drive, which it boots from and then formats behind the first GiB; with a wired network.',
    goal: 'end',
    configuration: { ...DEFAULT_CONFIGURATION, machine: 'bare-metal', targetSizeMiB: 0 },
    overlays: [],
    asks: ['checkout', 'distfiles', 'mirrors', 'disk'],
    needs: {
      size: 'A drive of 16 GiB or more.',
      time: 'About 6 hours on 8 fast processors, longer on slow ones.',
      memory: '4 GiB, without holes below 3 GiB: the quick check tells.',
      network:
        'A wired network card that Linux 4.14 knows (e1000, e1000e, r8169, tg3, …), the Internet, and a mirror over plain http.',
    },
  },
  {
    id: 'supplied-kernel',
    name: 'With a Linux kernel of yours',
    summary:
      'Skips builder-hex0 and Fiwix: a Linux kernel that you bring starts the bootstrap from an ordinary disk. Faster, and that kernel is taken on faith.',
    goal: 'end',
    configuration: { ...DEFAULT_CONFIGURATION, suppliedKernel: true, externalSources: true },
    overlays: ['offline'],
    asks: ['checkout', 'distfiles', 'kernel'],
    needs: {
      size: 'About 1.3 GB for the disk; a run fills up to 16 GiB more.',
      time: 'About an hour less than from the seed with KVM; far less without it.',
      memory: '2 GiB for the machine; 4 GiB for the late, large builds.',
      network: 'None during the run; the distfiles have to be fetched before.',
    },
  },
];
