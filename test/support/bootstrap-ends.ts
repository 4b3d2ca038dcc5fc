// How a bootstrap ends where it should not: the step's lines up to the fault, the fault, and what the machine says behind it.
// After live-bootstrap 984b8322 (steps/helpers.sh with `set -e`, jump/*.sh, improve/*.sh), Fiwix v1.5.0-lb1 kernel/{main,exit}.c, mm/page.c and Linux 4.14.
import type { ExpectedStep } from '../../src/engine/formats/console/step-list.ts';
import { FIWIX_STOPS, panicLines, type TimedLines } from './bootstrap-lines.ts';
import { abortLines, checkLines } from './consoles.ts';

export type BootstrapEnd =
  | 'source-mismatch'
  | 'source-missing'
  | 'download-failed'
  | 'product-mismatch'
  | 'checksum-missing'
  | 'build-failed'
  | 'configure-failed'
  | 'out-of-space'
  | 'out-of-memory'
  | 'kernel-panic'
  | 'network-timeout'
  | 'disk-timeout'
  | 'handover-hang'
  | 'trap'
  | 'configurator'
  /** The log just stops in the middle of the step. */
  | 'cut';

interface EndLines {
  pieces: TimedLines[];
  kernel: 'builder-hex0' | 'fiwix' | 'linux';
}

/** Where in the step's pieces the fault stands: behind the piece that holds these words. */
const BEHIND: { [E in BootstrapEnd]?: RegExp } = {
  'source-mismatch': /getting sources|checksum-transcriber/,
  'source-missing': /getting sources|checksum-transcriber/,
  'download-failed': /getting sources/,
  'product-mismatch': /creating package|cp a\.o/,
  'checksum-missing': /creating package/,
  'build-failed': /compiling source|tcc -c/,
  'configure-failed': /configuring source/,
  'out-of-space': /install to fakeroot|tcc -c/,
  'out-of-memory': /compiling source|tcc -c/,
  'kernel-panic': /compiling source|tcc -c/,
  trap: /compiling source/,
  cut: /compiling source|tcc -c/,
  'handover-hang': /trampoline/,
};

export function endLines(
  how: BootstrapEnd,
  step: ExpectedStep,
  shell: 'kaem' | 'bash',
  pieces: readonly TimedLines[],
): EndLines {
  const kernel = step.script === 0 ? 'builder-hex0' : step.script < 3 ? 'fiwix' : 'linux';
  const behind = BEHIND[how];
  const index = pieces.findIndex(
    ({ lines }) => behind !== undefined && lines.some((line) => behind.test(line)),
  );
  const before = pieces.slice(0, index + 1);
  const name = step.argument;
  const fault = faultLines(how, name, shell, kernel);
  const stays = how === 'cut' || how === 'handover-hang' || how === 'trap' || how === 'configurator';
  const dies = stays || how === 'kernel-panic' ? [] : deathLines(shell, kernel);
  return { pieces: [...before, { tenths: 0, lines: [...fault, ...dies] }], kernel };
}

function deathLines(shell: 'kaem' | 'bash', kernel: EndLines['kernel']): string[] {
  if (kernel === 'linux') return panicLines('1234.567890');
  const aborts = shell === 'kaem' ? abortLines(4).slice(0, -2) : [];
  if (kernel === 'fiwix') return [...aborts, ...FIWIX_STOPS];
  return abortLines(6);
}

function faultLines(
  how: BootstrapEnd,
  name: string,
  shell: 'kaem' | 'bash',
  kernel: EndLines['kernel'],
): string[] {
  const file = `${name}.tar.gz`;
  switch (how) {
    case 'source-mismatch':
      return shell === 'kaem'
        ? checkLines(`/external/distfiles/${file}`, false)
        : [`${file}: FAILED`, 'sha256sum: WARNING: 1 computed checksum did NOT match'];
    case 'source-missing':
      return shell === 'kaem'
        ? [`/external/distfiles/${file}: No such file or directory`]
        : [`${file} does not exist!`];
    case 'download-failed':
      return [
        `http://10.0.2.2:8080/${file}`,
        'curl: (7) Failed to connect to 10.0.2.2 port 8080: Connection refused',
        `${file} does not exist!`,
      ];
    case 'product-mismatch':
      return shell === 'kaem'
        ? checkLines(`/usr/bin/${name}`, false)
        : [
            `${name}: checksumming created package.`,
            `${name}_0.tar.bz2: FAILED`,
            'sha256sum: WARNING: 1 computed checksum did NOT match',
          ];
    case 'checksum-missing':
      return [`${name}: no checksum stored!`];
    case 'build-failed':
      return shell === 'kaem'
        ? ['main.c:12: error: \';\' expected (got "x")']
        : [
            "main.c: In function `main':",
            "main.c:12: error: `x' undeclared (first use in this function)",
            'make[1]: *** [main.o] Error 1',
            'make: *** [all] Error 2',
          ];
    case 'configure-failed':
      return ['checking for m4... no', 'configure: error: GNU M4 1.4 is required'];
    case 'out-of-space':
      return [
        'tar: ./usr/bin/x: Cannot write: No space left on device',
        'tar: Exiting with failure status due to previous errors',
      ];
    case 'out-of-memory':
      return kernel === 'linux'
        ? [
            '[ 1200.000000] cc1plus invoked oom-killer: gfp_mask=0x14280ca, nodemask=(null), order=0',
            '[ 1200.100000] Out of memory: Kill process 4321 (cc1plus) score 812 or sacrifice child',
            'g++: internal compiler error: Killed (program cc1plus)',
            'make: *** [insn-emit.o] Error 4',
          ]
        : [
            'WARNING: get_free_page(): out of memory and swapping is not implemented yet, sorry.',
            'get_free_page(): pid 77 ran out of memory. OOM killer needed!',
          ];
    case 'kernel-panic':
      return kernel === 'linux'
        ? ['[ 1200.000000] Kernel panic - not syncing: Fatal exception in interrupt']
        : ['PANIC: in do_page_fault()'];
    case 'network-timeout':
      return ['dhcpcd-10.0.1 starting', 'timed out', 'Timeout reached for internet to become accessible'];
    case 'disk-timeout':
      return ['dd: /dev/sda: No such device or address', 'Timeout reached for disk to become accessible'];
    case 'trap':
      return ['make: *** [all] Error 2'];
    case 'handover-hang':
    case 'configurator':
    case 'cut':
      return [];
  }
}

/** The prompt behind an end that waits for somebody: it has no line end. */
export const PROMPTS = {
  configurator: '\r\nCommand: ',
  'early trap': '[TRAP - use Ctrl+D] /steps/x/build # ',
  trap: '[TRAP] /steps/x/build # ',
};
