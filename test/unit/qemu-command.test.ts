// QEMU's argument vectors, whole: a change here is a change of what every run is.
import { describe, expect, test } from 'vitest';
import {
  kernelCommandLine,
  type MachineSettings,
  programOf,
  runArguments,
  type RunPaths,
  terminalArguments,
} from '../../src/engine/run/qemu-command.ts';
import { RUN_FILES } from '../../src/engine/run/run-folder.ts';

const settings: MachineSettings = {
  accelerator: 'tcg',
  memoryMiB: 4096,
  cores: 2,
  goal: 'end',
  bus: 'ide',
  program: 'x86_64',
  machineVersion: null,
  paused: false,
  kernel: null,
};
const boot = { role: 'boot', path: 'disks/boot.img', format: 'raw' } as const;
const external = { role: 'external', path: 'disks/external.img', format: 'raw' } as const;
const pathsWith = (disks: RunPaths['disks']): RunPaths => ({ ...RUN_FILES, disks });
const valueOf = (argv: readonly string[], option: string): string | undefined =>
  argv[argv.indexOf(option) + 1];
const valuesOf = (argv: readonly string[], option: string): (string | undefined)[] =>
  argv.flatMap((word, index) => (word === option ? [argv[index + 1]] : []));

describe('arguments of a run', () => {
  test('name files relative to its folder, log and sockets included', () => {
    expect(runArguments(settings, pathsWith([boot])).join(' ')).toBe(
      '-no-user-config -machine pc,graphics=off,kernel-irqchip=split -accel tcg -cpu qemu64 -m 4096M -smp 2 ' +
        '-rtc base=utc,clock=vm -display none -monitor none -parallel none -no-reboot -nic user,ipv6=off,model=e1000 ' +
        '-drive if=none,id=boot,node-name=disk-boot,file=disks/boot.img,format=raw,cache=unsafe,discard=unmap ' +
        '-device ide-hd,drive=boot,bus=ide.0,unit=0,bootindex=1 ' +
        '-chardev socket,id=serial,path=serial.sock,server=on,wait=off,logfile=serial.log,logappend=on ' +
        '-serial chardev:serial -qmp unix:qmp.sock,server=on,wait=off -qmp unix:events.sock,server=on,wait=off',
    );
  });

  test('of a boot check have no network and the exit device', () => {
    const argv = runArguments({ ...settings, goal: 'boot-check' }, pathsWith([boot]));
    expect(valueOf(argv, '-nic')).toBe('none');
    expect(valueOf(argv, '-device')).toBe('isa-debug-exit,iobase=0xf4,iosize=0x04');
  });

  test('with two disks put both on the first cable, as upstream does, and start from the first', () => {
    const argv = runArguments(settings, pathsWith([boot, external]));
    expect(valuesOf(argv, '-device')).toEqual([
      'ide-hd,drive=boot,bus=ide.0,unit=0,bootindex=1',
      'ide-hd,drive=external,bus=ide.0,unit=1',
    ]);
  });

  test('with AHCI give each disk a port', () => {
    const argv = runArguments({ ...settings, bus: 'ahci' }, pathsWith([boot, external]));
    expect(valuesOf(argv, '-device')).toEqual([
      'ahci,id=ahci',
      'ide-hd,drive=boot,bus=ahci.0,bootindex=1',
      'ide-hd,drive=external,bus=ahci.1',
    ]);
  });

  test('of an overlay obey the guest’s flushes', () => {
    const argv = runArguments(
      settings,
      pathsWith([{ role: 'boot', path: 'disks/boot.qcow2', format: 'qcow2' }]),
    );
    expect(valueOf(argv, '-drive')).toBe(
      'if=none,id=boot,node-name=disk-boot,file=disks/boot.qcow2,format=qcow2,cache=writeback,discard=unmap',
    );
  });

  test('with a kernel boot it with upstream’s command line', () => {
    const kernel = { path: 'kernel', commandLine: kernelCommandLine('/dev/sda1', 'ext3') };
    const argv = runArguments(
      { ...settings, kernel },
      pathsWith([{ role: 'root', path: 'disks/root.img', format: 'raw' }]),
    );
    expect(valueOf(argv, '-kernel')).toBe('kernel');
    expect(valueOf(argv, '-append')).toBe(
      'console=ttyS0 earlycon=uart8250,io,0x3f8,115200n8 root=/dev/sda1 rootfstype=ext3 init=/init rw',
    );
  });

  test.each([
    ['kvm', 'split'],
    ['hvf', 'split'],
    ['whpx', 'off'],
    ['tcg', 'split'],
  ] as const)('with %s take the interrupt controller that it has: %s', (accelerator, irqchip) => {
    const argv = runArguments({ ...settings, accelerator }, pathsWith([boot]));
    expect(valueOf(argv, '-accel')).toBe(accelerator);
    expect(valueOf(argv, '-machine')).toBe(`pc,graphics=off,kernel-irqchip=${irqchip}`);
  });

  test('of the 32-bit program name its processor; of a saved machine, its version; of a paused one, -S', () => {
    expect(programOf('/usr/bin/qemu-system-i386')).toBe('i386');
    expect(programOf('C:\\qemu\\qemu-system-x86_64.exe')).toBe('x86_64');
    const argv = runArguments(
      { ...settings, program: 'i386', machineVersion: '7.2', paused: true },
      pathsWith([boot]),
    );
    expect(valueOf(argv, '-cpu')).toBe('qemu32');
    expect(valueOf(argv, '-machine')).toMatch(/^pc-i440fx-7\.2,/);
    expect(argv.at(-1)).toBe('-S');
  });
});

test('a comma in a path is doubled, so that it ends no option, and a throw-away disk keeps what it is made of', () => {
  const argv = terminalArguments({ ...settings, goal: 'boot-check' }, [
    { role: 'boot', path: '/a,b/-file=x,format=qcow2', format: 'raw' },
  ]);
  expect(valueOf(argv, '-drive')).toBe(
    'if=none,id=boot,file=/a,,b/-file=x,,format=qcow2,format=raw,cache=unsafe,discard=unmap,snapshot=on',
  );
});
