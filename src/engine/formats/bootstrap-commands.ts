// The end of a kernel bootstrap's stream: directories for the seeds, three hex0 compilations, and the command that starts stage0-posix.
// Source: live-bootstrap 984b8322, lib/generator.py (append_srcfs).

export const SEED_DIRECTORIES: readonly string[] = [
  '/bootstrap-seeds',
  '/bootstrap-seeds/POSIX',
  '/bootstrap-seeds/POSIX/x86',
];

export const BOOTSTRAP_COMMANDS: readonly string[] = [
  'hex0 /x86/hex0_x86.hex0 /bootstrap-seeds/POSIX/x86/hex0-seed',
  'hex0 /x86/kaem-minimal.hex0 /bootstrap-seeds/POSIX/x86/kaem-optional-seed',
  'hex0 /x86/kaem-minimal.hex0 /init',
  '/bootstrap-seeds/POSIX/x86/kaem-optional-seed /kaem.x86',
];
