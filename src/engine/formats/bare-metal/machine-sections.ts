// The parts of the checklist that are about the machine itself: its BIOS, its network card, its screen and serial port. Sources: checklist.ts.
import type { ImageRecord } from '../../../shared/model/image.ts';
import type { PaperSection } from '../../../shared/model/paper.ts';
import { formatBytes } from '../../../shared/units.ts';
import { item, section } from '../paper/parts.ts';

export function firmwareSection(): PaperSection {
  return section(
    'bios',
    'BIOS',
    'Enter its set-up before the first start. Names differ from board to board.',
    [
      item(
        'do',
        'legacy-boot',
        'Switch legacy boot on (CSM, “Legacy”, “BIOS mode”), UEFI boot and Secure Boot off.',
        {
          why: 'The boot sector is 512 bytes of 16-bit code that asks the PC BIOS for everything (int 10h, int 13h, int 15h); UEFI alone cannot start it.',
        },
      ),
      item('do', 'sata-mode', 'Set the SATA controller to AHCI or IDE, not to RAID, RST or VMD.', {
        why: 'The Linux that is built has drivers for AHCI, PIIX, NVMe, USB storage and MMC, and none for those.',
      }),
      item(
        'do',
        'usb-legacy',
        'When starting from USB: switch legacy USB support on, and use a USB 2 port if there is one.',
        {
          why: 'Otherwise the BIOS offers no int 13h for the stick after the first sectors.',
        },
      ),
      item('do', 'boot-order', 'Put the boot drive first in the boot order.', {
        why: 'It stays the drive that every sector is read from until Linux runs.',
      }),
      item(
        'do',
        'memory-size',
        'Have at least 4 GiB of memory in the machine; with 64 GiB and more, take some out if it crashes at random.',
        {
          why: 'builder-hex0 uses fixed addresses up to 3008 MiB (0xBC000000). Boards with 64 and 128 GB were reported to crash (live-bootstrap issue 584).',
        },
      ),
      item(
        'do',
        'memory-contiguous',
        'Look that memory is in one piece from 1 MiB to 3008 MiB: the boot check’s “memory:” line says it; so does “dmesg | grep e820” of any Linux on that board.',
        {
          why: 'builder-hex0 does not read the memory map. A hole, as UEFI firmware with CSM often leaves one (at 0x20000000, say), ends at kaem.x86 with a screen of blue signs (live-bootstrap issues 332, 477). Less graphics memory and other CSM settings move such holes.',
        },
      ),
      item('do', 'memory-test', 'Run a memory test for a night if the board is old.', {
        why: 'A flipped bit ends in a wrong checksum after hours; faulty memory was behind crashes that looked like software (live-bootstrap issue 584).',
      }),
      item('do', 'clock', 'Set the clock to the right day.', {
        why: 'Some packages once came out otherwise in another year; a record with the true day lets others compare.',
      }),
    ],
  );
}

export function networkSection(record: ImageRecord): PaperSection {
  const offline = record.overlays.some(({ name }) => name === 'offline');
  const external = record.configuration?.externalSources === true;
  const items = [
    item(
      'do',
      'wired-card',
      'Plug in a wired network card that the new kernel knows: Intel e1000, e1000e, igb; Realtek 8139, r8169; Broadcom tg3, bnx2x; forcedeth, sky2, atl1, pcnet32.',
      {
        why: 'Linux 4.14 is built without modules, firmware files and wireless drivers. Without a card that it knows the run ends after the network step (live-bootstrap issue 329).',
      },
    ),
    item('do', 'dhcp', 'Connect it to a network with DHCP and a way to the Internet before you start.', {
      why: offline
        ? 'The overlay “offline” answers the network step by itself, so that this run goes on without a network; with one it does no harm.'
        : `get_network waits for an answer from example.com and ends the run after about two minutes without one${external ? ', although all distfiles are on the external disk' : ''}.`,
    }),
  ];
  const mirrors = record.configuration?.mirrors ?? [];
  if (!external && mirrors.length > 0)
    items.push(
      item('do', 'mirrors', `The machine must reach its mirrors: ${mirrors.join(', ')}`, {
        why: 'Some distfiles come from mirrors only, and one mirror, chosen at random, is asked for each file.',
      }),
    );
  return section('network', 'Network', '', items);
}

export function screenSection(record: ImageRecord): PaperSection {
  const bareMetal = record.configuration?.machine === 'bare-metal';
  const items = [
    item(
      'note',
      'screen',
      bareMetal || record.kind === 'boot-check'
        ? 'Everything is printed on the screen.'
        : 'From Fiwix on, nothing is printed on the screen of this image’s machine.',
      {
        why: 'Of a machine without a serial port the screen is all there is: photograph it now and then.',
      },
    ),
    item(
      'do',
      'serial',
      'If the board has a serial port, connect it to this computer with a null-modem cable and begin the capture before you switch the machine on: seedbed runs attach --serial /dev/ttyUSB0',
      {
        why: bareMetal
          ? 'Until Fiwix the BIOS decides what is sent there (console redirection in its set-up, 115200 baud); from Fiwix on this image prints on the screen alone, because BARE_METAL=True. An image whose console is “serial” prints there all the time.'
          : 'Console redirection in the BIOS’s set-up (115200 baud) sends the screen there until a kernel takes over.',
      },
    ),
  ];
  if (record.kind !== 'boot-check')
    items.push(
      item(
        'note',
        'load-time',
        `Loading the ${formatBytes(record.disks[0].entries.streamBytes)} of sources takes minutes from SATA, and up to hours from some USB ports. Do not switch off while paths go by.`,
        {
          why: 'The BIOS reads 32 KiB at a time.',
        },
      ),
    );
  return section('screen', 'What you will see', '', items);
}
