// Eras G, I and J: bash builds packages and says where it is.
// Source of truth: live-bootstrap 984b8322, steps/helpers.sh (build, bin_preseed, uninstall, check_source_line).
import { clip } from './bytes.ts';
import { BUILD_PHASES, type BuildPhase } from '../../../shared/model/timeline.ts';
import { suspectLine, wentOn } from './failures.ts';
import { addMilestone, lineText, type ReaderState } from './state.ts';

const BEGIN = /^(\S{1,200}): beginning build using script pass(\d{1,4})\.sh$/;
/** What stands between `PACKAGE: ` and the dot at the end. */
const PHASES = new Map<string, BuildPhase | 'prebuilt' | 'uninstall'>([
  ...BUILD_PHASES.map((phase) => [phase, phase] as const),
  ['installing prebuilt package', 'prebuilt'],
  ['uninstalling', 'uninstall'],
]);
const NAME = /^\S{1,200}$/;
const DONE = /^(\S{1,200}): build successful$/;
const MISSING = /^(\S{1,200}) does not exist!$/;
const NO_CHECKSUM = /^(\S{1,200}): no checksum stored!$/;

const BYTE = { dot: 0x2e, h: 0x68, l: 0x6c, bang: 0x21, colon: 0x3a } as const;
/** `a: beginning build using script pass1.sh` and its kin; longer lines are a compiler's. */
const MAX_LENGTH = 300;

/** Asked for lines that no rule knows. Lines of this kind end with `.`, `h`, `l` or `!`. */
export function readBuildLine(state: ReaderState): boolean {
  const { bytes, start, end } = state.line;
  if (end - start > MAX_LENGTH || !isBuilding(state)) return false;
  switch (bytes[end - 1]) {
    case BYTE.dot:
      return readPhase(state);
    case BYTE.h:
      return bytes[end - 2] === 0x73 && bytes[end - 3] === BYTE.dot && readBegin(state); // .sh
    case BYTE.l:
      return bytes[end - 2] === 0x75 && readDone(state); // …ful
    case BYTE.bang:
      return readMissing(state);
    default:
      return false;
  }
}

function isBuilding(state: ReaderState): boolean {
  return (
    state.era === 'bash' ||
    state.era === 'linux' ||
    state.era === 'move' ||
    state.era === 'fiwix' ||
    state.era === null
  );
}

function enter(state: ReaderState): void {
  state.era = state.linuxSeen ? 'linux' : 'bash';
  state.setCutRows(false);
}

function readBegin(state: ReaderState): boolean {
  const match = BEGIN.exec(lineText(state));
  const name = match?.[1];
  const pass = Number(match?.[2] ?? 0);
  if (name === undefined || pass === 0) return false;
  enter(state);
  wentOn(state);
  state.package = null;
  if (state.steps.beginBash(name, pass, state.line.offset))
    addMilestone(state, `build:${name}:${pass}`, `Building ${name} (pass ${pass})`, state.line.offset);
  return true;
}

function readPhase(state: ReaderState): boolean {
  const text = lineText(state);
  const colon = text.lastIndexOf(': ');
  const phase = colon < 0 ? undefined : PHASES.get(text.slice(colon + 2, -1));
  if (phase === undefined) return false;
  const name = text.slice(0, colon);
  if (!NAME.test(name)) return false;
  if (state.era === null) enter(state);
  wentOn(state);
  const { offset } = state.line;
  if (phase === 'uninstall')
    state.steps.hint('uninstall', (argument) => argument.split(' ').includes(name), offset);
  else if (phase === 'prebuilt') state.steps.done(name, 'prebuilt', offset);
  else state.steps.phase(name, phase, offset);
  return true;
}

function readDone(state: ReaderState): boolean {
  const name = DONE.exec(lineText(state))?.[1];
  if (name === undefined) return false;
  if (state.era === null) enter(state);
  wentOn(state);
  state.buildsDone += 1;
  state.steps.done(name, 'done', state.line.offset);
  return true;
}

/** `FILE does not exist!` where sources are fetched, and `PACKAGE: no checksum stored!`; under `set -e` both end the script. */
function readMissing(state: ReaderState): boolean {
  const text = lineText(state);
  const unknown = NO_CHECKSUM.exec(text)?.[1];
  if (unknown !== undefined) {
    suspectLine(state, 'checksum-missing', clip(unknown, 300), true);
    return true;
  }
  const name = MISSING.exec(text)?.[1];
  if (name === undefined || state.steps.running()?.phases.at(-1)?.name !== 'getting sources') return false;
  suspectLine(state, 'source-missing', clip(name, 300), true);
  return true;
}
