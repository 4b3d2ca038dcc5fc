// QEMU's argument vector from plain settings. Pure. Why each option: live-bootstrap's rootfs.py at 984b8322 (kernel-irqchip=split, user network, e1000)
// and what was measured with QEMU 7.2 (graphics=off, the log file: docs/ARCHITECTURE.md, "A run").
import type { Goal } from '../../shared/model/console.ts';
import type { Accelerator } from '../../shared/model/run.ts';

export interface MachineSettings {
  accelerator: Accelerator;
  memoryMiB: number;
  cores: number;
  goal: Goal;
}

export interface RunPaths {
  bootDisk: string;
  serialLog: string;
  serialSocket: string;
  monitorSocket: string;
}

/** A run that outlives its host: serial port and monitor on sockets, and QEMU itself writes the log. Relative paths keep the sockets' addresses short. */
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
    '-drive',
    `file=${doubleCommas(paths.bootDisk)},format=raw,index=0,media=disk`,
    '-chardev',
    `socket,id=serial,${serial.join(',')}`,
    '-serial',
    'chardev:serial',
    '-qmp',
    `unix:${doubleCommas(paths.monitorSocket)},server=on,wait=off`,
  ];
}

/** A machine that is thrown away: console on standard output, and nothing that it writes reaches the image. */
export function probeArguments(settings: MachineSettings, imagePath: string): string[] {
  return [
    ...machineArguments(settings),
    '-drive',
    `file=${doubleCommas(imagePath)},format=raw,index=0,media=disk,snapshot=on`,
    '-serial',
    'stdio',
  ];
}

function machineArguments({ accelerator, memoryMiB, cores, goal }: MachineSettings): string[] {
  return [
    '-no-user-config',
    // graphics=off: SeaBIOS copies int 10h text to the serial port, and the VGA screen still shows it.
    // kernel-irqchip=split: builder-hex0 hands over to Fiwix only so under KVM (builder-hex0 905f87d); TCG takes it too.
    '-machine',
    'pc,graphics=off,kernel-irqchip=split',
    '-accel',
    accelerator,
    '-m',
    `${memoryMiB}M`,
    '-smp',
    String(cores),
    '-display',
    'none',
    '-monitor',
    'none',
    '-parallel',
    'none',
    // A machine that restarts would begin again for ever: builder-hex0 restarts after a failure.
    '-no-reboot',
    ...(goal === 'boot-check'
      ? ['-nic', 'none', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04']
      : ['-nic', 'user,ipv6=off,model=e1000']),
  ];
}

/** Inside an option's value a comma is written twice (QEMU, system/invocation, "-drive file"). */
function doubleCommas(value: string): string {
  return value.replaceAll(',', ',,');
}
