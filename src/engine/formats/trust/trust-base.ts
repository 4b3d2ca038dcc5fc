// What a run rests on, row by row, by how it was really executed: live-bootstrap's modes (README, rootfs.py at 984b8322), and what sceptics of such claims ask for.
import type { PaperTable } from '../../../shared/model/paper.ts';
import type { RunRecord } from '../../../shared/model/run.ts';
import type { TrustFacts } from './facts.ts';
import { readMachineWords } from './machine-words.ts';

interface Row {
  part: string;
  used: string;
  role: string;
}

/** `sandbox`: the host's own kernel; `machine`: QEMU; `real`: another computer, heard over a port; `none`: nothing has run yet. */
export type TrustMode = 'machine' | 'sandbox' | 'real' | 'none';

export function modeOf(record: Pick<RunRecord, 'kind'> | null): TrustMode {
  if (record === null) return 'none';
  if (record.kind === 'serial') return 'real';
  return record.kind === 'qemu' ? 'machine' : 'sandbox';
}

export function trustBase(facts: TrustFacts): PaperTable {
  const mode = modeOf(facts.run?.record ?? null);
  const rows = [
    preparing(facts, mode),
    ...executing(facts, mode),
    startCode(facts, mode),
    ...around(facts, mode),
  ];
  return {
    caption: CAPTIONS[mode],
    columns: ['Part', 'What was there', 'What it did'],
    rows: rows.map(({ part, used, role }) => [part, used, role]),
  };
}

const CAPTIONS: Record<TrustMode, string> = {
  machine: 'What this run rests on, by its own command line',
  sandbox: 'What this run rests on: a sandbox is a folder of the host, not a machine',
  real: 'What this run rests on: another computer, heard over its serial port',
  none: 'What the image rests on; a run adds more',
};

function preparing({ app, host }: TrustFacts, mode: TrustMode): Row {
  const electron = app.electron === null ? '' : `, Electron ${app.electron}`;
  return {
    part: 'Preparation: system, git, downloads, Seedbed and its packages',
    used: `${host.system}; Seedbed ${app.version}, Node ${app.node}${electron}`,
    role: `${mode === 'sandbox' ? 'Laid out the folder' : 'Made the disks'}. What it wrote can be derived again without it (last section).`,
  };
}

function executing(facts: TrustFacts, mode: TrustMode): Row[] {
  const { run, host } = facts;
  if (run === null || mode === 'none') return [];
  if (mode === 'real')
    return [
      {
        part: 'Kernel of this computer',
        used: host.kernel,
        role: 'Listened to the port; executed nothing of the run.',
      },
      {
        part: 'Firmware of the machine',
        used: 'Not known to this computer',
        role: 'The board’s firmware, its management engine and option ROMs ran before and below everything.',
      },
      {
        part: 'Processor and microcode of the machine',
        used: 'Not known to this computer',
        role: 'Executed every instruction, directly.',
      },
    ];
  if (mode === 'sandbox')
    return [
      {
        part: 'Kernel of the host',
        used: run.record.sandbox?.kernel ?? host.kernel,
        role: 'The host’s kernel runs everything: every program of the bootstrap, from the seed on, is executed by it.',
      },
      {
        part: 'Sandbox',
        used: run.record.sandbox?.tool ?? run.record.kind,
        role: 'Separates files, processes and network; executes nothing itself.',
      },
      { part: 'QEMU', used: 'None', role: 'Not part of this run.' },
      processor(facts, 'Executed every instruction, directly.'),
    ];
  return machineRows(facts, run.record);
}

function machineRows(facts: TrustFacts, record: RunRecord): Row[] {
  const words = readMachineWords(record.argv);
  const hardware = words.accelerator !== 'tcg';
  const name = words.accelerator.toUpperCase();
  return [
    {
      part: 'Kernel of the host',
      used: facts.host.kernel,
      role: hardware
        ? `Ran QEMU and ${name}, which let the processor execute the guest.`
        : 'Ran QEMU; executed nothing of the guest itself.',
    },
    {
      part: 'Supplied Linux kernel',
      used: words.kernel === null ? 'None' : hashWords(facts.files.kernel),
      role:
        words.kernel === null
          ? 'The run began with the boot sector.'
          : 'An opaque binary: everything was executed under it.',
    },
    {
      part: 'QEMU',
      used: `${record.qemu?.version ?? 'unknown version'}, ${hashWords(facts.files.qemu)}`,
      role: hardware
        ? 'Made the devices: disks, console, network, clock.'
        : 'Executed every instruction of the guest (TCG), and made its devices.',
    },
    {
      part: 'Firmware of the machine',
      used:
        facts.files.firmware.length === 0
          ? 'Not found on this host'
          : facts.files.firmware.map((file) => hashWords(file)).join('; '),
      role: words.ownFirmware
        ? 'A firmware of the user’s started the machine.'
        : 'QEMU’s SeaBIOS started the machine and read its disk, until a Linux of its own took over.',
    },
    processor(facts, hardware ? 'Executed every instruction, directly.' : 'Executed QEMU.'),
  ];
}

function processor({ host }: TrustFacts, role: string): Row {
  const microcode = host.microcode === null ? 'microcode version not known' : `microcode ${host.microcode}`;
  return { part: 'Processor and microcode', used: `${host.cpu}, ${microcode}`, role };
}

function hashWords(file: TrustFacts['files']['qemu']): string {
  if (file === null) return 'not found';
  return `${file.path} (sha256 ${file.sha256 ?? 'could not be read'})`;
}

/** What is machine code before anything was compiled. */
function startCode({ image, run }: TrustFacts, mode: TrustMode): Row {
  const part = 'Machine code at the start';
  const kind = image?.record.kind ?? run?.record.image.kind ?? 'kernel-bootstrap';
  const sector = image?.record.disks[0].regions.find(({ name }) => name === 'boot-sector');
  if (mode === 'sandbox' || kind === 'kernel')
    return {
      part,
      used: 'hex0-seed and kaem-optional-seed of bootstrap-seeds',
      role: 'The two small programs that everything grows from; seedbed audit seed shows them byte by byte.',
    };
  return {
    part,
    used: `The boot sector, 512 bytes${sector?.sha256 === undefined || sector.sha256 === null ? '' : ` (sha256 ${sector.sha256})`}`,
    role:
      kind === 'boot-check'
        ? 'Made from Seedbed’s own hex0 text; assembles the rest from its text.'
        : 'Made from builder-hex0’s hex0 text; assembles the rest from its text.',
  };
}

function around({ run }: TrustFacts, mode: TrustMode): Row[] {
  if (run === null) return [];
  return [
    {
      part: 'Firmware of disks and controllers, memory chips',
      used: 'Not measured',
      role: 'Carried every byte.',
    },
    {
      part: 'Network during the run',
      used: networkWords(run.record, mode),
      role: 'Whatever came over it had to have the sha256 that the sources name.',
    },
  ];
}

function networkWords({ argv, sandbox }: RunRecord, mode: TrustMode): string {
  if (mode === 'real') return 'Not known to this computer';
  if (mode === 'sandbox') return sandbox?.network === true ? 'The host’s own' : 'None';
  return readMachineWords(argv).network ? 'QEMU’s user network' : 'None';
}
