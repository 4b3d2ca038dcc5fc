// Era A: the firmware starts and boots from a disk, and what QEMU or the firmware says when that cannot work.
// Source of truth: SeaBIOS 1.16 boot.c (`Booting from …`, `Boot failed: …`, `No bootable device.`); QEMU accel/kvm (`KVM internal error`).
import { fail, failHere, suspectLine } from './failures.ts';
import { rule } from './rules.ts';
import { addMilestone, beginBoot, lineText, type ReaderState } from './state.ts';

export const FIRMWARE_RULES = [
  rule('SeaBIOS (version ', readBanner),
  rule('Booting from ', readBooting),
  rule('Boot failed', readBootFailed),
  rule('No bootable device', readNoDevice),
  rule('KVM internal error', readKvmError),
];

/** A banner after the first one is a restart. That is the failure when nothing else was and the guest had not said that it is over. */
function readBanner(state: ReaderState): boolean {
  const restarted = state.booted;
  if (restarted && !state.over) fail(state, 'machine-restarted', lastActivity(state));
  beginBoot(state);
  const { offset } = state.line;
  if (state.boots === 1) addMilestone(state, 'firmware', 'Firmware started', offset);
  else if (restarted)
    addMilestone(state, `boot:${state.boots}`, `The machine restarted (boot ${state.boots})`, offset);
  return true;
}

function lastActivity(state: ReaderState): string {
  return state.kaemCommand.get() || state.srcPath.get() || 'booting from the disk';
}

function readBooting(state: ReaderState): boolean {
  if (state.era !== null && state.era !== 'firmware') return false;
  state.era = 'firmware';
  state.booted = true;
  state.setCutRows(true);
  if (lineText(state).startsWith('Booting from Hard Disk'))
    addMilestone(state, 'boot-disk', 'The firmware boots from the disk', state.line.offset);
  return true;
}

/** The firmware tries its next device: only the last word condemns. */
function readBootFailed(state: ReaderState): boolean {
  if (state.era !== 'firmware') return false;
  suspectLine(state, 'no-boot-device', '', true);
  return true;
}

function readNoDevice(state: ReaderState): boolean {
  if (state.era !== 'firmware') return false;
  fail(state, 'no-boot-device', '');
  state.over = true;
  return true;
}

/** In the log when QEMU's own output was captured with the console. */
function readKvmError(state: ReaderState): boolean {
  failHere(state, 'accelerator-fault', lineText(state));
  state.over = true;
  return true;
}
