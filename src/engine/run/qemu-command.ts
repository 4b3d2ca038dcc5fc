// QEMU's argument vectors from plain settings. Pure. What each option is for: live-bootstrap's rootfs.py at 984b8322 (kernel-irqchip=split, user network,
// e1000, the command line of --kernel) and docs/ARCHITECTURE.md, "The machine"; everything was tried with QEMU 7.2.
import type { Goal } from '../../shared/model/console.ts';
import type { Accelerator } from '../../shared/model/run.ts';

export interface MachineSettings {
  accelerator: Accelerator;
  memoryMiB: number;
  cores: number;
  goal: Goal;
  bus: 'ide' | 'ahci';
  /** Which program will run: its default processors differ. */
  program: 'x86_64' | 'i386';
  /** QEMU’s version of the machine, e.g. `7.2`; null takes the newest that the program knows. A saved machine goes on in its own version only. */
  machineVersion: string | null;
  /** Stand still before the first instruction. */
  paused: boolean;
  /** Boot this kernel instead of the first disk. */
  kernel: DirectKernel | null;
}

export interface DirectKernel {
  path: string;
  commandLine: string;
}

export interface MachineDisk {
  /** `boot`, `external`, `root`: QEMU’s id of it. */
  role: string;
  path: string;
  format: 'raw' | 'qcow2';
}

/** The disks in the order in which the guest sees them, and the files that QEMU makes. */
export interface RunPaths {
  disks: readonly MachineDisk[];
  serialLog: string;
  serialSocket: string;
  monitorSocket: string;
  eventSocket: string;
}

/**
 * A run that outlives its host: serial port and monitors on sockets, and QEMU itself writes the log. Relative paths keep the sockets' addresses short.
 * One monitor is for short questions from any host, the other for the one that listens to events.
 */
export function runArguments(settings: MachineSettings, paths: RunPaths): string[] {
  const serial = [
    `path=${doubleCommas(paths.serialSocket)}`,
    'server=on',
    'wait=off',
    `logfile=${doubleCommas(paths.serialLog)}`,
    'logappend=on',
  ];
  return [
    ...machineArguments(settings),
    ...diskArguments(paths.disks, settings, { throwAway: false }),
    '-chardev',
    `socket,id=serial,${serial.join(',')}`,
    '-serial',
    'chardev:serial',
    ...[paths.monitorSocket, paths.eventSocket].flatMap((path) => [
      '-qmp',
      `unix:${doubleCommas(path)},server=on,wait=off`,
    ]),
    ...(settings.paused ? ['-S'] : []),
  ];
}

/**
 * The same machine on a terminal, for a person or a probe: console on standard input and output, and nothing that it writes reaches the disks.
 * `mon:stdio` puts QEMU's monitor beside the console (Ctrl-A C) and leaves Ctrl-C to the guest.
 */
export function terminalArguments(
  settings: MachineSettings,
  disks: readonly MachineDisk[],
  serial: 'stdio' | 'mon:stdio' = 'stdio',
): string[] {
  return [
    ...machineArguments(settings),
    ...diskArguments(disks, settings, { throwAway: true }),
    '-serial',
    serial,
    ...(settings.paused ? ['-S'] : []),
  ];
}

/** Name under which QEMU knows what a disk holds: snapshots are of these. */
export function nodeName(role: string): string {
  return `disk-${role}`;
}

/** Roles of the disks of a run, in their order; of overlays only, where they are asked for. */
export function rolesOf(argv: readonly string[], format: 'any' | 'qcow2' = 'any'): string[] {
  return argv.flatMap((word) => {
    const role = /^if=none,id=([a-z]+),/.exec(word)?.[1];
    return role !== undefined && (format === 'any' || word.includes(`,format=${format},`)) ? [role] : [];
  });
}

/** No machine, only the layers of a run's disks as the run had them, and a monitor; relative paths are relative to the run's folder. */
export function layerArguments(argv: readonly string[], monitorSocket: string): string[] {
  const layers = argv.filter((word) => word.startsWith('if=none,id=') && word.includes(',format=qcow2,'));
  return [
    '-no-user-config',
    '-nodefaults',
    ...['-machine', 'none', '-display', 'none'],
    ...layers.flatMap((word) => ['-drive', word]),
    '-qmp',
    `unix:${doubleCommas(monitorSocket)},server=on,wait=off`,
  ];
}

/** qemu-system-i386 or qemu-system-x86_64, by its name. */
export function programOf(path: string): MachineSettings['program'] {
  return /qemu-system-i386(?:\.exe)?$/i.test(path) ? 'i386' : 'x86_64';
}

/** What `--kernel` boots with (rootfs.py, run_qemu): the root is the first partition of the only disk. */
export function kernelCommandLine(root: string, fileSystem: 'ext3' | 'ext4'): string {
  return `console=ttyS0 earlycon=uart8250,io,0x3f8,115200n8 root=${root} rootfstype=${fileSystem} init=/init rw`;
}

function machineArguments(settings: MachineSettings): string[] {
  const { accelerator, memoryMiB, cores, goal, program, machineVersion, kernel } = settings;
  // graphics=off: SeaBIOS copies int 10h text to the serial port, and the VGA screen still shows it.
  // kernel-irqchip=split: builder-hex0 hands over to Fiwix only so under KVM (builder-hex0 905f87d); TCG and HVF take it too.
  // WHPX has no split one (QEMU target/i386/whpx/whpx-all.c, whpx_set_kernel_irqchip).
  const irqchip = accelerator === 'whpx' ? 'off' : 'split';
  return [
    '-no-user-config',
    '-machine',
    `${machineVersion === null ? 'pc' : `pc-i440fx-${machineVersion}`},graphics=off,kernel-irqchip=${irqchip}`,
    '-accel',
    accelerator,
    // QEMU's plain processor, by name: what a build finds out about its processor is then the same on every host and accelerator.
    '-cpu',
    program === 'i386' ? 'qemu32' : 'qemu64',
    '-m',
    `${memoryMiB}M`,
    '-smp',
    String(cores),
    // clock=vm: the guest's clock stands still while the machine is paused or the host sleeps, and goes on after a checkpoint.
    '-rtc',
    'base=utc,clock=vm',
    '-display',
    'none',
    '-monitor',
    'none',
    '-parallel',
    'none',
    // A machine that restarts would begin again for ever: builder-hex0 restarts after a failure.
    '-no-reboot',
    // The user network: the guest finds this host, and the mirror that it serves, at 10.0.2.2 (QEMU, system/devices/net).
    ...(goal === 'boot-check'
      ? ['-nic', 'none', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04']
      : ['-nic', 'user,ipv6=off,model=e1000']),
    ...(kernel === null ? [] : ['-kernel', kernel.path, '-append', kernel.commandLine]),
  ];
}

/**
 * cache: a raw disk is of use only together with the run that wrote it, and such a run is lost when the host goes down; `unsafe` spares the guest's
 * flushes, which cost a build most of its time on slow drives, and loses nothing when QEMU alone is killed. An overlay
 * holds checkpoints, which have to survive the host: `writeback` obeys each flush. Write errors for want of space pause the machine (QEMU's default).
 */
function diskArguments(
  disks: readonly MachineDisk[],
  { bus }: MachineSettings,
  { throwAway }: { throwAway: boolean },
): string[] {
  // bootindex 0 is what -kernel takes for itself (QEMU hw/i386/x86.c, the linuxboot ROM).
  const controller = bus === 'ahci' ? ['-device', 'ahci,id=ahci'] : [];
  const parts = disks.flatMap(({ role, path, format }, index) => [
    '-drive',
    [
      'if=none',
      `id=${role}`,
      // A name of its own would be the name of the file below a throw-away layer.
      ...(throwAway ? [] : [`node-name=${nodeName(role)}`]),
      `file=${doubleCommas(path)}`,
      `format=${format}`,
      `cache=${format === 'qcow2' ? 'writeback' : 'unsafe'}`,
      'discard=unmap',
      ...(throwAway ? ['snapshot=on'] : []),
    ].join(','),
    '-device',
    `ide-hd,drive=${role},${place(bus, index)}${index === 0 ? ',bootindex=1' : ''}`,
  ]);
  return [...controller, ...parts];
}

/** pc has two IDE cables with two drives each; upstream's two disks are the two of the first. An AHCI port takes one drive. */
function place(bus: MachineSettings['bus'], index: number): string {
  return bus === 'ahci' ? `bus=ahci.${index}` : `bus=ide.${index >> 1},unit=${index & 1}`;
}

/** Inside an option's value a comma is written twice (QEMU, system/invocation, "-drive file"). */
function doubleCommas(value: string): string {
  return value.replaceAll(',', ',,');
}
