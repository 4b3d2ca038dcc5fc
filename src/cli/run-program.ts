// Runs a parsed command and turns whatever happens into words on stderr and an exit code.
import { type Command, CommanderError } from 'commander';
import { SeedbedError } from '../shared/errors.ts';
import { readWireError } from '../shared/wire-errors.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

export async function runProgram(program: Command, argv: string[]): Promise<number> {
  const json = argv.includes('--json');
  try {
    await program.parseAsync(argv);
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0 || error.code === 'commander.help')
        return error.exitCode === 0 ? 0 : EXIT_USAGE;
      return report(new SeedbedError('USAGE', { reason: sentenceOf(error.message) }), json);
    }
    return report(error, json);
  }
}

function report(error: unknown, json: boolean): number {
  const { code, message, hint, data } = readWireError(error);
  if (json) process.stderr.write(`${JSON.stringify({ error: { code, message, hint, data } })}\n`);
  else
    process.stderr.write(
      `error[${code}]: ${message}\n${hint === '' ? '' : `hint: ${hint}\n`}${stackOf(code, error)}`,
    );
  if (code === 'CANCELLED') return EXIT_INTERRUPTED;
  return code === 'USAGE' ? EXIT_USAGE : EXIT_FAILED;
}

/** A stack trace reaches a person only when the fault is Seedbed's own. */
function stackOf(code: string, error: unknown): string {
  if (code !== 'BUG' || !(error instanceof Error)) return '';
  const origin = error.cause instanceof Error ? error.cause : error;
  return `${origin.stack ?? ''}\n`;
}

function sentenceOf(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!)]$/.test(text) ? '' : '.'}`;
}
