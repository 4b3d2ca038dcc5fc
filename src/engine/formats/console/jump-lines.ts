// From one kernel to the next, as far as it is said before the new kernel speaks: making the file system for Fiwix, the jumps to Fiwix and to Linux.
// Source of truth: live-bootstrap 984b8322, steps/lwext4-1.0.0-lb1/files/make_fiwix_initrd.c, steps/kexec-fiwix-1.0/src/kexec-fiwix.c, steps/jump/*.sh;
// Fiwix v1.5.0-lb1 kernel/kexec.c (kexec_linux).
import { fail, stepName } from './failures.ts';
import { rule } from './rules.ts';
import { addMilestone, lineText, type ReaderState } from './state.ts';

export const JUMP_RULES = [
  rule('Starting /boot/fiwix.ext2 at addr ', readInitrdBegin),
  rule('Created filesystem with parameters:', readInitrdMade),
  rule('Fiwix ext2 initrd created successfully.', readInitrd),
  rule('kexec-fiwix: ', readKexecFiwix),
  rule('kexec_linux: ', readToLinux),
];

function isUnderBuilderHex0(state: ReaderState): boolean {
  return state.era === 'kaem' || state.era === null;
}

function readInitrdBegin(state: ReaderState): boolean {
  if (!isUnderBuilderHex0(state)) return false;
  addMilestone(state, 'initrd-begin', 'Making the file system for Fiwix', state.line.offset);
  return true;
}

function readInitrdMade(state: ReaderState): boolean {
  if (!isUnderBuilderHex0(state)) return false;
  addMilestone(state, 'initrd-copy', 'Copying all files into the file system for Fiwix', state.line.offset);
  return true;
}

function readInitrd(state: ReaderState): boolean {
  addMilestone(state, 'initrd', 'The file system for Fiwix is made', state.line.offset);
  return true;
}

/** The last words under the firmware: from the trampoline on kernels write to the port themselves. */
function readKexecFiwix(state: ReaderState): boolean {
  const text = lineText(state, 100);
  const { offset } = state.line;
  if (text.startsWith('kexec-fiwix: starting kernel'))
    addMilestone(state, 'kexec-fiwix', 'Loading Fiwix', offset);
  if (text.startsWith('kexec-fiwix: jumping to trampoline')) {
    state.setCutRows(false);
    addMilestone(state, 'trampoline', 'Jumping from builder-hex0 to Fiwix', offset);
  }
  return true;
}

function readToLinux(state: ReaderState): boolean {
  if (state.era !== 'fiwix' && (state.era !== 'bash' || state.linuxSeen)) return false;
  const text = lineText(state, 100);
  const { offset } = state.line;
  if (text.startsWith('kexec_linux: kernel file size:')) state.steps.hint('jump', isLinux, offset);
  if (text === 'kexec_linux: Valid kernel signature')
    addMilestone(state, 'to-linux', 'Jumping from Fiwix to Linux', offset);
  if (text.startsWith('kexec_linux: jumping to linux_trampoline'))
    addMilestone(state, 'linux-trampoline', 'Fiwix has handed over to Linux', offset);
  if (text === 'kexec_linux: Invalid kernel signature') {
    const step = stepName(state);
    if (step === '') fail(state, 'ended-early', 'Fiwix was given no Linux kernel');
    else fail(state, 'build-failed', step);
  }
  return true;
}

function isLinux(argument: string): boolean {
  return argument === 'linux';
}
