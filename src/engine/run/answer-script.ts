// A script of answers for a guest that asks: which one is due at the prompt that stands there now.
import { readFile } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { Answer } from '../../shared/model/machine.ts';
import { atPath } from '../os-errors.ts';

const ARROW = /\s*(?:→|=>)\s?/;

/** A line each: what the prompt begins with, an arrow (`=>` or `→`), what is typed. Empty lines and lines that begin with # say nothing. Throws INPUT_INVALID. */
export function parseAnswers(text: string): Answer[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const arrow = ARROW.exec(line);
    const parsed =
      arrow === null
        ? null
        : Answer.safeParse({
            expect: line.slice(0, arrow.index),
            answer: line.slice(arrow.index + arrow[0].length),
          });
    if (parsed?.success === true) return [parsed.data];
    throw new SeedbedError('INPUT_INVALID', {
      reason: `line ${index + 1} of the answers is not “what the prompt begins with => what to type”`,
    });
  });
}

/** Throws NOT_FOUND, PERMISSION_DENIED, INPUT_INVALID. */
export async function readAnswers(path: string): Promise<Answer[]> {
  return parseAnswers(await atPath(path, () => readFile(path, 'utf8')));
}

/** The next answer, when the line that the guest has left open begins as it expects. In order, each once: `given` are done with. */
export function dueAnswer(answers: readonly Answer[], given: number, tail: string): Answer | null {
  const next = answers[given];
  return next !== undefined && tail.startsWith(next.expect) ? next : null;
}
