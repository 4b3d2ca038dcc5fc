// What the page says of a signature that was looked at.
import type { SignatureReport, SignatureStrength } from '../../../shared/model/evidence.ts';
import type { Tone } from './run-view.ts';

export const SIGNATURE_TONES: Record<SignatureStrength, Tone> = {
  modern: 'good',
  weak: 'warn',
  wrong: 'bad',
  none: 'quiet',
};

const WORDS: Record<SignatureStrength, string> = {
  modern: 'It fits, by means that are taken today.',
  weak: 'It fits, but by means that are not taken any more.',
  wrong: 'It does not fit these bytes and this key.',
  none: 'Upstream has none beside the file.',
};

/** The first line says how it fits; facts follow. */
export function signatureLines(report: SignatureReport): string[] {
  const { strength, reasons, fingerprint, users, publicKeyAlgorithm, hashAlgorithm, made, over } = report;
  const lines = [
    over === 'file' ? WORDS[strength] : `${WORDS[strength]} It is over what the file holds uncompressed.`,
    ...reasons,
  ];
  if (strength === 'none') return lines;
  return [
    ...lines,
    ...(fingerprint === null ? [] : [`Key ${fingerprint}${users.length === 0 ? '' : `, ${users[0] ?? ''}`}`]),
    `Made ${made === null ? 'at a time that it does not tell' : made.slice(0, 10)}, by ${publicKeyAlgorithm} and ${hashAlgorithm}`,
    ...(report.address === null ? [] : [`From ${report.address}`]),
  ];
}
