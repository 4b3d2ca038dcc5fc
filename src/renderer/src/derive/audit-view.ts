// Words and colours of the audit: states of checks, of representations, and whether a comment agrees with its bytes.
import type {
  AuditedProgram,
  AuditRow,
  CheckState,
  RepresentationState,
  SeedAudit,
} from '../../../shared/model/audit.ts';
import type { Tone } from './run-view.ts';

export const CHECK_LOOK: Record<CheckState, { tone: Tone; word: string }> = {
  passed: { tone: 'good', word: 'Holds' },
  explained: { tone: 'warn', word: 'Differs, explained' },
  failed: { tone: 'bad', word: 'Does not hold' },
  'not-checked': { tone: 'quiet', word: 'Not checked' },
};

export const REPRESENTATION_LOOK: Record<RepresentationState, { tone: Tone; word: string }> = {
  identical: { tone: 'good', word: 'Identical' },
  normalised: { tone: 'good', word: 'Equal after normalisation' },
  explained: { tone: 'warn', word: 'Known difference, explained' },
  unexplained: { tone: 'bad', word: 'Unexplained' },
  'not-applicable': { tone: 'quiet', word: 'Not applicable' },
  absent: { tone: 'quiet', word: 'Tool absent' },
};

export const AGREEMENT_WORDS: Record<AuditRow['agreement'], string> = {
  agrees: 'agrees',
  width: 'other width',
  mnemonic: 'other name',
  operands: 'other operands',
  target: 'other target',
  undecoded: 'no such instruction',
  data: '',
};

export const BUDGET_WORDS: Record<AuditedProgram['budget'][number]['kind'], string> = {
  header: 'header',
  code: 'instructions',
  data: 'data',
  zero: 'zeros at the end',
};

export function auditSentence({ totals, seedFiles }: SeedAudit): { tone: 'good' | 'bad'; text: string } {
  const decoded = seedFiles.filter(({ decodes }) => decodes).length;
  const explained =
    totals.explained === 0
      ? ''
      : `, ${totals.explained} ${totals.explained === 1 ? 'differs and is' : 'differ and are'} explained`;
  if (totals.failed > 0)
    return {
      tone: 'bad',
      text: `${totals.failed} ${totals.failed === 1 ? 'check does' : 'checks do'} not hold; ${totals.passed} ${totals.passed === 1 ? 'holds' : 'hold'}${explained}.`,
    };
  return {
    tone: 'good',
    text: `${totals.passed} checks hold${explained}. ${decoded} of ${seedFiles.length} seeds are what their text says.`,
  };
}

/** `7f 45 4c 46`, at most so many. */
export function spacedBytes(bytes: string, most = 8): string {
  const pairs = bytes.match(/../g) ?? [];
  const rest = pairs.length - most;
  return `${pairs.slice(0, most).join(' ')}${rest > 0 ? ` +${rest}` : ''}`;
}
