// QEMU's argument vector, whole: a change here is a change of what every run is.
import { describe, expect, test } from 'vitest';
import { probeArguments, runArguments } from '../../src/engine/run/qemu-command.ts';
import { RUN_FILES } from '../../src/engine/run/run-folder.ts';

const settings = { accelerator: 'tcg', memoryMiB: 4096, cores: 2, goal: 'end' } as const;

describe('arguments of a run', () => {
  test('name files relative to its folder, log and sockets included', () => {
    expect(runArguments(settings, RUN_FILES).join(' ')).toBe(
      '-no-user-config -machine pc,graphics=off,kernel-irqchip=split -accel tcg -m 4096M -smp 2 -display none ' +
        '-monitor none -parallel none -no-reboot -nic user,ipv6=off,model=e1000 ' +
        '-drive file=disks/boot.img,format=raw,index=0,media=disk ' +
        '-chardev socket,id=serial,path=serial.sock,server=on,wait=off,logfile=serial.log,logappend=on ' +
        '-serial chardev:serial -qmp unix:qmp.sock,server=on,wait=off',
    );
  });

  test('of a boot check have no network and the exit device, and KVM when it is used', () => {
    const argv = runArguments({ ...settings, accelerator: 'kvm', goal: 'boot-check' }, RUN_FILES);
    expect(argv[argv.indexOf('-nic') + 1]).toBe('none');
    expect(argv[argv.indexOf('-device') + 1]).toBe('isa-debug-exit,iobase=0xf4,iosize=0x04');
    expect(argv[argv.indexOf('-accel') + 1]).toBe('kvm');
  });
});

test('a comma in a path is doubled, so that it ends no option', () => {
  const argv = probeArguments({ ...settings, goal: 'boot-check' }, '/a,b/-file=x,format=qcow2');
  expect(argv[argv.indexOf('-drive') + 1]).toBe(
    'file=/a,,b/-file=x,,format=qcow2,format=raw,index=0,media=disk,snapshot=on',
  );
});
