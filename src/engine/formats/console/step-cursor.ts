// Where a console is in its list of steps. Moves forward only; what lies between two marks was gone through, since every script stops at its first error.
// Source: live-bootstrap 984b8322, seed/script-generator.c (scripts run one directive after the other under `set -e`), steps/helpers.sh (build).
import type { BuildPhase, StepDirective, StepPosition } from '../../../shared/model/timeline.ts';
import { clip } from './bytes.ts';
import { buildId, type ExpectedSteps } from './step-list.ts';
import { isBuild, newTrace, positionOf, type StepTrace, upToNextBuild } from './step-traces.ts';

export interface StepCursor {
  /** kaem runs a script of its own: a build, improve or jump. False when it lies behind. */
  beginKaem(directive: StepDirective, argument: string, pass: number | null, offset: number): boolean;
  /** `beginning build`. False when it lies behind. */
  beginBash(name: string, pass: number, offset: number): boolean;
  /** Something that one of the directives up to the next build prints. */
  hint(directive: StepDirective, matches: (argument: string) => boolean, offset: number): void;
  phase(name: string, phase: BuildPhase, offset: number): void;
  /** The part of whatever is going on. */
  phaseHere(phase: BuildPhase, offset: number): void;
  done(name: string, state: 'done' | 'prebuilt', offset: number): void;
  /** kaem leaves a folder: the last time before something else begins, that is the end of a build. */
  leaveFolder(offset: number): void;
  /** What kaem ran is over. */
  leave(offset: number): void;
  /** /steps/N.sh begins. */
  script(number: number, offset: number): void;
  /** Another kernel is up. */
  jumped(argument: string, offset: number): void;
  /** The machine switched itself off after the last step. */
  finish(offset: number): void;
  /** The machine starts anew. */
  reset(): void;
  position(): StepPosition | null;
  /** What runs, or null. */
  running(): StepTrace | null;
  /** Where what runs began, or what ran last ended: nothing before it belongs to what goes on now. */
  since(): number;
  /** Directives that may be running although nothing is known to: those between two builds. */
  between(): StepTrace[];
  traces(): readonly StepTrace[];
  /** Grows with everything that begins or ends. */
  changes(): number;
}

/** Steps that a log shows and the list does not name. */
const MAX_EXTRA = 1000;
const MAX_PHASES = 40;

export function openStepCursor(expected: ExpectedSteps | null): StepCursor {
  let traces: StepTrace[] = [];
  let at = -1;
  let open = false;
  /** Where the cursor stood before it passed builds without a trace: a later mark in between takes the jump back. */
  let jumpedFrom: number | null = null;
  let leftFolder: number | null = null;
  let extra = 0;
  let script = 0;
  let changes = 0;

  function reset(): void {
    traces = (expected?.steps ?? []).map(newTrace);
    at = -1;
    open = false;
    jumpedFrom = null;
    leftFolder = null;
    extra = 0;
    script = 0;
  }
  reset();

  function running(): StepTrace | null {
    return open ? (traces[at] ?? null) : null;
  }

  /** A build of bash's that did not say that it was successful has an end that the log does not show. */
  function close(offset: number): void {
    const trace = running();
    open = false;
    changes += 1;
    if (trace !== null) {
      trace.state = trace.saysEnd ? 'unseen' : 'done';
      trace.endOffset = trace.saysEnd ? null : (leftFolder ?? offset);
    }
    leftFolder = null;
  }

  /** Everything before `index` is over. */
  function passTo(index: number, offset: number): void {
    const passed = traces.slice(at + 1, index).filter(({ state }) => state === 'waiting');
    if (passed.some(isBuild)) jumpedFrom ??= at;
    close(offset);
    for (const trace of passed) trace.state = isBuild(trace) ? 'unseen' : 'done';
  }

  function enter(index: number, offset: number): StepTrace {
    passTo(index, offset);
    changes += 1;
    at = index;
    open = true;
    const trace = traces[index] as StepTrace;
    trace.state = 'running';
    trace.startOffset = offset;
    script = trace.step.script;
    return trace;
  }

  function takeBack(to: number): void {
    for (let next = to + 1; next <= at; next += 1) traces[next] = newTrace((traces[next] as StepTrace).step);
    at = to;
    open = false;
    jumpedFrom = null;
  }

  function insert(directive: StepDirective, argument: string, pass: number | null, offset: number): number {
    if (extra >= MAX_EXTRA) return -1;
    extra += 1;
    close(offset);
    const name = clip(argument, 200);
    const id = pass === null ? `${directive}:${name}#x${extra}` : buildId(name, pass);
    traces.splice(at + 1, 0, newTrace({ id, directive, argument: name, pass, line: null, script }));
    return at + 1;
  }

  function begin(
    directive: StepDirective,
    argument: string,
    pass: number | null,
    offset: number,
  ): StepTrace | null {
    const same = ({ step }: StepTrace): boolean =>
      step.directive === directive && step.argument === argument && step.pass === pass;
    const current = running();
    if (current !== null && same(current)) return current;
    // A bootstrap goes on with the next step or one soon after it: 170 builds, and as many beginnings, are not looked through each time.
    let index = at + 1;
    while (index < traces.length && !same(traces[index] as StepTrace)) index += 1;
    if (index >= traces.length) index = -1;
    const behind = index < 0 ? traces.findIndex(same) : -1;
    if (behind >= 0) {
      if (jumpedFrom === null || behind <= jumpedFrom) return null;
      takeBack(jumpedFrom);
      index = behind;
    }
    if (index < 0) index = insert(directive, argument, pass, offset);
    return index < 0 ? null : enter(index, offset);
  }

  /** The marks of a build whose beginning was lost: only the very next build is taken for it. */
  function buildNamed(name: string, offset: number): StepTrace | null {
    const current = running();
    if (current !== null && isBuild(current) && current.step.argument === name) return current;
    const next = traces.findIndex((trace, index) => index > at && isBuild(trace));
    if (next < 0 || traces[next]?.step.argument !== name) return null;
    const trace = enter(next, offset);
    trace.saysEnd = true;
    return trace;
  }

  function addPhase(trace: StepTrace | null, phase: BuildPhase, offset: number): void {
    if (trace === null || trace.phases.length >= MAX_PHASES || trace.phases.at(-1)?.name === phase) return;
    changes += 1;
    trace.phases.push({ name: phase, offset });
  }

  return {
    beginKaem: (directive, argument, pass, offset) => begin(directive, argument, pass, offset) !== null,
    beginBash(name, pass, offset) {
      const trace = begin('build', name, pass, offset);
      if (trace !== null) trace.saysEnd = true;
      return trace !== null;
    },
    hint(directive, matches, offset) {
      const current = running();
      if (current !== null && isBuild(current)) return;
      const found = upToNextBuild(traces, at).find(
        ({ step }) => step.directive === directive && matches(step.argument),
      );
      if (found !== undefined) enter(traces.indexOf(found), offset);
    },
    phase(name, phase, offset) {
      addPhase(buildNamed(name, offset), phase, offset);
    },
    phaseHere(phase, offset) {
      addPhase(running(), phase, offset);
    },
    done(name, state, offset) {
      const trace = buildNamed(name, offset);
      if (trace === null) return;
      trace.saysEnd = false;
      leftFolder = null;
      close(offset);
      trace.state = state;
      jumpedFrom = null;
    },
    leaveFolder(offset) {
      leftFolder = offset;
    },
    leave: close,
    script(number, offset) {
      script = number;
      const first = traces.findIndex(({ step }) => step.script === number);
      if (first <= at) return;
      passTo(first, offset);
      at = first - 1;
    },
    jumped(argument, offset) {
      // The kernel that a run begins with was not jumped to.
      if (at < 0) return;
      const index = traces.findIndex(
        ({ step }, place) => place >= at && step.directive === 'jump' && step.argument === argument,
      );
      const trace = traces[index];
      if (trace === undefined) return;
      if (index > at) passTo(index, offset);
      else close(offset);
      at = index;
      trace.state = 'done';
      trace.endOffset = offset;
      script = trace.step.script + 1;
    },
    finish(offset) {
      passTo(traces.length, offset);
      at = traces.length - 1;
    },
    reset,
    position() {
      const position = positionOf(traces, at, open);
      return position === null || expected !== null
        ? position
        : { ...position, builds: { done: 0, total: 0 } };
    },
    running,
    since: () => running()?.startOffset ?? traces[at]?.endOffset ?? 0,
    between: () => (open ? [] : upToNextBuild(traces, at)),
    traces: () => traces,
    changes: () => changes,
  };
}
