// What the directives that are no builds print under bash: uninstalling, moving to the disk, swap, network, boot loader; and what downloads say.
// Source of truth: live-bootstrap 984b8322, steps/helpers.sh (uninstall, download_source_line), steps/jump/move_disk.sh,
// steps/improve/{swap,get_network,make_bootable}.sh; curl 8.17 (`curl: (N) …`); GRUB 2.06 util/grub-install.c.
import { suspectLine } from './failures.ts';
import { rule } from './rules.ts';
import { addMilestone, lineText, type ReaderState } from './state.ts';

export const IMPROVE_RULES = [
  rule('removing file: ', readRemoving),
  rule('Creating partition table...', readPartition),
  rule('Creating ext4 partition...', readPartition),
  rule('Making swap...', hinting('swap', 'Making swap space')),
  rule('dhcpcd-', hinting('get_network', 'Waiting for the network')),
  rule('Installing for i386-pc platform.', hinting('make_bootable', 'Installing the boot loader')),
  rule('curl: (', readCurl),
];

function isBash(state: ReaderState): boolean {
  return state.era === 'bash' || state.era === 'linux' || state.era === 'move';
}

function readRemoving(state: ReaderState): boolean {
  const path = /^removing file: (\/\S{1,200})\.$/.exec(lineText(state, 300))?.[1];
  if (path === undefined || !isBash(state)) return false;
  state.steps.hint('uninstall', (argument) => argument.split(' ').includes(path), state.line.offset);
  return true;
}

function readPartition(state: ReaderState): boolean {
  if (state.era !== 'move') return false;
  const { offset } = state.line;
  state.steps.hint('jump', (argument) => argument === 'move_disk', offset);
  const table = lineText(state, 40).startsWith('Creating partition');
  if (table) addMilestone(state, 'partition-table', 'Linux partitions its disk', offset);
  else addMilestone(state, 'partition-ext4', 'Linux makes a file system on its disk', offset);
  return true;
}

function hinting(script: string, label: string): (state: ReaderState) => boolean {
  return (state) => {
    if (state.era !== 'move' && state.era !== 'linux') return false;
    const running = state.steps.running();
    if (running?.step.directive === 'build') return false;
    const { offset } = state.line;
    state.steps.hint('improve', (argument) => argument === script, offset);
    addMilestone(state, `improve:${script}`, label, offset);
    return true;
  };
}

/** helpers.sh goes on after a failed download and stops at the file that is not there. */
function readCurl(state: ReaderState): boolean {
  if (!isBash(state)) return false;
  const trace = state.steps.running();
  if (trace?.phases.at(-1)?.name !== 'getting sources') return false;
  suspectLine(state, 'download-failed', trace.step.argument, true);
  return true;
}
