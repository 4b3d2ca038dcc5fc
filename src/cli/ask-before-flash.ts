// The command line's question before a drive is written: on the terminal itself, or answered beforehand by a serial number or a size.
import { createInterface } from 'node:readline/promises';
import type { AskBeforeFlash, FlashAnswer } from '../engine/flash/flash.ts';
import type { FlashQuestion } from '../shared/model/flash.ts';

/** `meant`: the words of --yes-i-mean, one a drive in the order of writing or not: each drive must be named by one of them. */
export function askOnTerminal(meant: readonly string[], signal: AbortSignal): AskBeforeFlash {
  return async (question) => (meant.length > 0 ? answerFrom(meant, question) : askPerson(question, signal));
}

/** Exactly the drives that are written, no more, no fewer. */
function answerFrom(meant: readonly string[], { drives }: FlashQuestion): FlashAnswer {
  const isMeant = ({ serial, sizeBytes }: FlashQuestion['drives'][number]): boolean =>
    meant.some((word) => word === serial || word === String(sizeBytes));
  const all = meant.length === drives.length && drives.every(isMeant);
  return all ? { state: 'yes', typed: drives.map(wordOf) } : { state: 'no' };
}

async function askPerson({ lines, drives }: FlashQuestion, signal: AbortSignal): Promise<FlashAnswer> {
  if (!process.stdin.isTTY) return { state: 'no' };
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C at the question is an answer, too.
  terminal.on('SIGINT', () => terminal.close());
  try {
    for (const line of lines) process.stderr.write(`${line}\n`);
    const typed: string[] = [];
    for (const drive of drives) {
      const { confirmation, name } = drive;
      const asked =
        confirmation.kind === 'typed'
          ? `Type the ${confirmation.what} of ${name} (${confirmation.text}) to erase it: `
          : `Erase ${name}? Type yes: `;
      const word = (await terminal.question(asked, { signal })).trim();
      if (confirmation.kind === 'plain' && word !== 'yes') return { state: 'no' };
      typed.push(word);
    }
    return { state: 'yes', typed };
  } catch {
    return { state: 'no' };
  } finally {
    terminal.close();
  }
}

function wordOf({ confirmation }: FlashQuestion['drives'][number]): string {
  return confirmation.kind === 'typed' ? confirmation.text : 'yes';
}
