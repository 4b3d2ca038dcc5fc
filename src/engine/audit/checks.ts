// The published list of checks: ids never change their meaning, so that two people can compare what they checked.
import type {
  AuditCheck,
  AuditCheckDefinition,
  AuditedProgramId,
  CheckState,
} from '../../shared/model/audit.ts';

const LIST = {
  'seed.files-decode': [
    'Every seed in machine code is what its text says',
    'The checkout holds no machine code of a seed that differs from the hexadecimal text beside it, for any architecture.',
  ],
  'seed.known-version': [
    'The sha256 is of a known version',
    'These are the bytes that others have too: the version, its commit and who ships it are known.',
  ],
  'seed.source-bytes': [
    'Every byte is the one that the text says',
    'Seedbed’s own assembler makes the same bytes from upstream’s text, so reading the text is reading the program.',
  ],
  'seed.source-copies': [
    'Copies of the text are equal',
    'The text that is read here and the one beside the seed are the same.',
  ],
  'seed.header-fields': [
    'Every header field has the value that it should have',
    'Linux loads a plain 32-bit program: no interpreter, no sections, no hidden segment.',
  ],
  'seed.header-consistent': [
    'The header fits the file',
    'Everything that is loaded is in the file, starts at the first instruction, and nothing lies outside.',
  ],
  'seed.boot-layout': [
    'The sector is laid out as the BIOS expects',
    'It has the size and the signature by which a BIOS knows a boot sector, or fills whole sectors.',
  ],
  'seed.instructions-decode': [
    'Every line of code is exactly one instruction',
    'No line hides a second instruction, and none runs into the next line.',
  ],
  'seed.comments-agree': [
    'Upstream’s comments say what the bytes do',
    'Who reads the comments reads the program: names, registers, numbers and targets are those of the machine code.',
  ],
  'seed.addresses-agree': [
    'Addresses in comments are right',
    'Labels lie where the comments say, so the text can be followed by hand.',
  ],
  'seed.targets-land': [
    'Every branch lands on an instruction',
    'Nothing jumps into the middle of an instruction, where other code could be hidden.',
  ],
  'seed.calls-expected': [
    'Only the calls that its purpose needs',
    'It asks the kernel (or the BIOS) for nothing but files, memory and its end: no network, no other programs.',
  ],
  'seed.run-identical': [
    'Made again in Seedbed’s interpreter: the same bytes',
    'The program before it in the chain, run instruction by instruction without this computer executing it, makes exactly this program from its text. For hex0-seed that program is itself.',
  ],
  'seed.run-covers': [
    'What ran, and what did not',
    'Of hex0-seed every instruction was executed in that run, so none is there for another occasion. Of the others it is said how many were.',
  ],
  'seed.representations': [
    'Other texts of the program make the same bytes',
    'Upstream’s macro assembly and hex2 texts, written separately, describe this very program.',
  ],
  'opinion.sed-xxd': [
    'sed and xxd decode the text to the same bytes',
    'A second decoder, by other people, agrees with Seedbed’s.',
  ],
  'opinion.python': [
    'Python decodes the text to the same bytes',
    'Another decoder, by other people, agrees.',
  ],
  'opinion.perl': ['Perl decodes the text to the same bytes', 'Another decoder, by other people, agrees.'],
  'opinion.hex0-sh': [
    'Upstream’s hex0.sh decodes the text',
    'Not applicable to texts that write bytes without a space between them: it refuses those.',
  ],
  'opinion.objdump': [
    'GNU objdump sees the same instructions',
    'A disassembler by other people finds the same instruction at every address.',
  ],
  'opinion.mescc-tools': [
    'This system’s M1 and hex2 make the same bytes',
    'An assembler by other people, built by other people, agrees with Seedbed’s.',
  ],
  'opinion.gas': [
    'GNU as makes the same code from upstream’s GAS text',
    'A third text, assembled by an unrelated assembler, is the same program but for differences that are explained.',
  ],
  'seed.mutations': [
    'Every change of a single byte is noticed',
    'Each of the 255 other values of each byte makes at least one of these checks fail, so the checks can fail.',
  ],
} as const satisfies Record<string, readonly [string, string]>;

export type CheckId = keyof typeof LIST;

export const AUDIT_CHECKS: readonly AuditCheckDefinition[] = Object.entries(LIST).map(
  ([id, [title, proves]]) => ({ id, title, proves }),
);

export interface CheckOutcome {
  state: CheckState;
  done: number;
  held: number;
  detail: string;
}

export function check(id: CheckId, program: AuditedProgramId | null, outcome: CheckOutcome): AuditCheck {
  const [title, proves] = LIST[id];
  return { id, title, proves, program, ...outcome };
}

/** Passed when all hold; `detail` is for what is to be said besides the numbers. */
export function counted(done: number, held: number, detail = ''): CheckOutcome {
  return { state: held === done ? 'passed' : 'failed', done, held, detail };
}

export function notChecked(detail: string): CheckOutcome {
  return { state: 'not-checked', done: 0, held: 0, detail };
}
