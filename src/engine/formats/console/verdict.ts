// From a report to a verdict: did the run reach its goal, and if not, why. QEMU's exit status is never asked: it is 0 for a finished
// bootstrap and for one that failed and rebooted (live-bootstrap reference 2.4).
import {
  type ConsoleReport,
  type Evidence,
  type Failure,
  type Goal,
  goalStep,
  type Verdict,
} from '../../../shared/model/console.ts';
import { causeText, type VerdictCause } from '../../../shared/model/causes.ts';
import type { Accelerator } from '../../../shared/model/run.ts';
import { PHASE_WORDS } from '../../../shared/model/timeline.ts';
import { plainText } from '../../../shared/terminal-text.ts';
import { clip } from './bytes.ts';
import { ANSWERS } from './check-lines.ts';
import { FINISHED_IN_SANDBOX } from './sandbox-lines.ts';
import { explainSilence } from './silence.ts';

export interface RunFacts {
  goal: Goal;
  /** The machine's process is gone (or a log is complete): nothing more will be written. */
  processEnded: boolean;
  /** Somebody stopped the run on purpose. */
  stopped: boolean;
  /** The process is gone and nobody saw it end. */
  lost?: boolean;
  /** What QEMU said when its accelerator gave up (its output, or QMP's status `internal-error`). */
  acceleratorFault?: string | null;
  /** QEMU's own output: searched for an accelerator fault, and shown when QEMU ended before the machine began. */
  qemuOutput?: string;
  /** How long the log has not grown, of a machine that lives or was ended for it: some silences are a failure. */
  quietMilliseconds?: number;
  accelerator?: Accelerator | null;
  /** QEMU could not write a disk of the machine because this host was full. */
  hostOutOfSpace?: boolean;
}

/** null: still running, nothing decided. What the log proves goes before how the process ended. */
export function judge(report: ConsoleReport, facts: RunFacts): Verdict | null {
  const { goal } = facts;
  const reached = goalReached(report, goal);
  if (reached !== null) return passed(report, goal, reached);
  if (report.failure !== null) return failed(goal, report.failure);
  const fault = facts.acceleratorFault ?? acceleratorFault(facts.qemuOutput ?? '');
  if (fault !== null) return ended(report, goal, 'accelerator-fault', fault, [fault]);
  const hang = hung(report, facts);
  if (hang !== null) return hang;
  if (facts.stopped) return ended(report, goal, 'stopped', '', []);
  if (facts.lost !== true && !facts.processEnded) return report.over ? overWithoutGoal(report, goal) : null;
  if (report.suspect !== null) return failed(goal, report.suspect);
  if (facts.hostOutOfSpace === true || hostIsFull(facts.qemuOutput ?? ''))
    return ended(report, goal, 'host-out-of-space', '', lastWords(facts.qemuOutput ?? ''));
  if (facts.lost === true) return ended(report, goal, 'lost', '', []);
  if (report.prompt !== null) return ended(report, goal, 'waits-for-input', report.tail.trim(), []);
  const words = lastWords(facts.qemuOutput ?? '');
  if (report.boots === 0 && report.lines === 0)
    return ended(report, goal, 'qemu-died', words.at(-1) ?? '', words);
  return ended(report, goal, 'ended-early', describeEnd(report), words);
}

/** The verdict on a log from anywhere, of which nobody knows whether more will come. */
export function explainLog(report: ConsoleReport): { goal: Goal; verdict: Verdict } {
  const goal = guessGoal(report);
  if (report.prompt !== null && report.failure === null) return { goal, verdict: waiting(report, goal) };
  const decided = judge(report, { goal, processEnded: report.suspect !== null, stopped: false });
  const verdict: Verdict = decided ?? {
    outcome: 'unfinished',
    goal,
    sentence: clip(`The log ends without a failure and before the goal: ${describeEnd(report)}.`, 500),
    hint: unfinishedHint(report),
    cause: null,
    evidence: lastMilestone(report),
    slice: null,
  };
  return { goal, verdict };
}

/** A log that stops at a hand-over may be of a machine that hangs there. */
function unfinishedHint(report: ConsoleReport): string {
  if (explainSilence(report, Number.MAX_SAFE_INTEGER, null).hang !== null)
    return `If nothing more came for minutes: ${causeText('handover-hang', '').hint}`;
  return 'If the machine still runs, wait and look at the log again. If it has ended, the output of QEMU or the screen may say more.';
}

/** Not over: somebody can go on. A [TRAP] shell is opened where a step has failed. */
function waiting(report: ConsoleReport, goal: Goal): Verdict {
  const what =
    report.suspect === null
      ? report.tail.trim()
      : `${report.suspect.subject} has failed, and a shell is open`;
  const verdict = ended(report, goal, 'waits-for-input', what, []);
  const { evidence = verdict.evidence, slice = null } = report.suspect ?? {};
  return { ...verdict, outcome: 'unfinished', evidence: [...evidence], slice };
}

/** A silence after which nothing can come. */
function hung(
  report: ConsoleReport,
  { goal, quietMilliseconds, accelerator = null }: RunFacts,
): Verdict | null {
  if (quietMilliseconds === undefined) return null;
  const { hang } = explainSilence(report, quietMilliseconds, accelerator);
  return hang === null ? null : ended(report, goal, 'handover-hang', hang, []);
}

/** QEMU's own words for ENOSPC (strerror of glibc and musl). */
function hostIsFull(qemuOutput: string): boolean {
  return qemuOutput.includes('No space left on device');
}

/** What a log of unknown origin was meant for. A log that stops right behind the script-generator is what a stage0 run leaves. */
export function guessGoal(report: ConsoleReport): Goal {
  if (report.bootCheck !== null) return 'boot-check';
  const builds = report.milestones.filter(({ id }) => id.startsWith('build:')).length;
  const quiet = report.failure === null && report.suspect === null && builds <= 1;
  return quiet && goalReached(report, 'stage0') !== null ? 'stage0' : 'end';
}

/** What proves that the goal was reached, or null. */
function goalReached(report: ConsoleReport, goal: Goal): Evidence | null {
  if (goal === 'boot-check') return bootCheckPassed(report);
  if (goal === 'stage0') return stage0Passed(report);
  if (goalStep(goal) !== null) return stepPassed(report, goal);
  return report.failure === null ? milestone(report, 'finished') : null;
}

function bootCheckPassed(report: ConsoleReport): Evidence | null {
  if (report.failure !== null || report.bootCheck?.verdict !== 'passed') return null;
  return milestone(report, 'boot-check:verdict');
}

/** 19 tools and the script-generator have verified themselves, and nothing failed before that. What comes later does not matter. */
function stage0Passed(report: ConsoleReport): Evidence | null {
  const tools = milestone(report, 'stage0-verified');
  const generator = milestone(report, 'script-generator-verified');
  if (tools === null || generator === null) return null;
  return report.failure !== null && report.failure.offset < generator.offset ? null : generator;
}

/** The reader has seen the step end (state.ts, noteGoal), and nothing failed before. */
function stepPassed(report: ConsoleReport, goal: Goal): Evidence | null {
  const { goalStep: step } = report;
  if (step === null || step.reachedAt === null || step.id !== goalStep(goal)) return null;
  return { offset: step.reachedAt, text: `${step.id} is done` };
}

function milestone(report: ConsoleReport, id: string): Evidence | null {
  const found = report.milestones.find((one) => one.id === id);
  return found === undefined ? null : { offset: found.offset, text: found.label };
}

function lastMilestone(report: ConsoleReport): Evidence[] {
  const last = report.milestones.at(-1);
  return last === undefined ? [] : [{ offset: last.offset, text: last.label }];
}

function passed(report: ConsoleReport, goal: Goal, proof: Evidence): Verdict {
  return {
    outcome: 'passed',
    goal,
    sentence: passedSentence(report, goal),
    hint: '',
    cause: null,
    evidence: [proof],
    slice: null,
  };
}

function passedSentence(report: ConsoleReport, goal: Goal): string {
  if (goal === 'end')
    return `live-bootstrap finished: everything was built, and ${endedInSandbox(report) ? 'the sandbox ended' : 'the machine switched itself off'}.`;
  if (goal === 'stage0')
    return `stage0 is done: all ${ANSWERS} tools and the script-generator were built from the seed and have the sums that upstream recorded.`;
  const step = goalStep(goal);
  if (step !== null)
    return `The step that was the goal is done: ${step.replace(/^build:(.+):(\d+)$/, '$1 (pass $2)')}.`;
  const check = report.bootCheck;
  const count = check?.entries.length ?? 0;
  const compared =
    check?.compared === true ? `, and all ${count} entries were read as the image holds them` : '';
  return `The boot check passed: this machine has what builder-hex0 needs${compared}.`;
}

function endedInSandbox(report: ConsoleReport): boolean {
  return milestone(report, 'finished')?.text === FINISHED_IN_SANDBOX;
}

function failed(goal: Goal, failure: Failure): Verdict {
  const { sentence: words, hint } = causeText(failure.cause, failure.subject);
  const sentence = sentenceOf(failure, words);
  const { cause, evidence, slice } = failure;
  return { outcome: 'failed', goal, sentence: clip(sentence, 500), hint, cause, evidence, slice };
}

/** A build names the part that failed. */
function sentenceOf({ cause, subject, step }: Failure, otherwise: string): string {
  if (cause !== 'build-failed' || step === null || step.phase === null || subject !== step.title)
    return otherwise;
  return `${subject} failed while ${PHASE_WORDS[step.phase]}.`;
}

/** A run that the log does not explain. Lines that are not the log's own stand at its end. */
function ended(
  report: ConsoleReport,
  goal: Goal,
  cause: VerdictCause,
  subject: string,
  words: string[],
): Verdict {
  const { sentence, hint } = causeText(cause, clip(plainText(subject), 300));
  const outcome = cause === 'stopped' || cause === 'lost' ? cause : 'failed';
  const evidence = [
    ...lastMilestone(report),
    ...words.map((text) => ({ offset: report.bytes, text: clip(plainText(text), 500) })),
  ];
  return {
    outcome,
    goal,
    sentence: clip(sentence, 500),
    hint,
    cause,
    evidence: evidence.slice(0, 20),
    slice: null,
  };
}

/** The guest says that it is over, without failure, and without having reached the goal (another payload than the goal's, say). */
function overWithoutGoal(report: ConsoleReport, goal: Goal): Verdict {
  return ended(report, goal, 'ended-early', describeEnd(report), []);
}

function describeEnd(report: ConsoleReport): string {
  const last = report.milestones.at(-1);
  if (last === undefined)
    return report.bytes === 0 ? 'the console stayed empty' : 'nothing of a bootstrap was seen';
  return `the last thing it reached was “${last.label}”`;
}

/** QEMU accel/kvm/kvm-all.c: `KVM internal error. Suberror: N`; `error: kvm run failed …`. */
function acceleratorFault(qemuOutput: string): string | null {
  return /^(?:KVM internal error\..*|error: kvm run failed.*)$/m.exec(qemuOutput)?.[0] ?? null;
}

function lastWords(qemuOutput: string): string[] {
  const lines = qemuOutput.slice(-4000).split('\n');
  return lines.filter((line) => line.trim() !== '').slice(-5);
}
