// The last line of a sandbox's log. No kernel of its own says there that the machine switches off, so what looks after the sandbox writes how its first
// program ended (engine/sandbox/supervisor.ts). Source of what a status means: live-bootstrap 984b8322, steps/improve/after.sh (with CHROOT=True it
// returns), stage0-posix 45d90f59, mescc-tools/Kaem/kaem.c (a command that fails ends kaem with its status), and bash's `set -e`.
import { failBuild } from './kernel-lines.ts';
import { rule } from './rules.ts';
import { addMilestone, lineText, type ReaderState } from './state.ts';
import { isBuild, isOver } from './step-traces.ts';

const WORDS = '[seedbed] The sandbox ended: ';
export const FINISHED_IN_SANDBOX = 'live-bootstrap finished, and the sandbox ended';
const CLOSED = 'its terminal was closed';

/** `status`: of the first program, 128 and more where a signal ended it; null when nobody knows. */
export function formatSandboxEnd(status: number | null): string {
  return `${WORDS}${status === null ? CLOSED : `exit status ${status}`}.\r\n`;
}

export const SANDBOX_RULES = [rule(WORDS, readEnd)];

function readEnd(state: ReaderState): boolean {
  const end = lineText(state, 200).slice(WORDS.length).replace(/\.$/, '');
  if (state.over || (end !== CLOSED && !/^exit status \d{1,3}$/.test(end))) return false;
  const { offset } = state.line;
  if (end === 'exit status 0' && isFinished(state)) {
    state.steps.finish(offset);
    addMilestone(state, 'finished', FINISHED_IN_SANDBOX, offset);
  } else failBuild(state, 'ended-early', `the sandbox ended, ${end}`);
  state.over = true;
  return true;
}

/** All steps are known, nothing looked wrong, and the last build is over: bash's says so, and kaem's was over when kaem ended well. */
function isFinished({ suspect, failure, exactSteps, steps }: ReaderState): boolean {
  if (suspect !== null || failure !== null || !exactSteps) return false;
  const last = steps.traces().filter(isBuild).at(-1);
  if (last === undefined) return false;
  const running = steps.running();
  return isOver(last) ? running === null || running === last : running === last && !last.saysEnd;
}
