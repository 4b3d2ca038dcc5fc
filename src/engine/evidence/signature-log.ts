// distfiles/signatures.jsonl: which signatures were held against which stored bytes, and how they fitted. It only grows; the last line of a file's hash counts, and a signature more than none.
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSeedbedError } from '../../shared/errors.ts';
import { SignatureReport } from '../../shared/model/evidence.ts';
import { atPath } from '../os-errors.ts';

export interface SignatureLog {
  add(report: SignatureReport): Promise<void>;
  /** By the sha256 of the signed file. */
  read(): Promise<Map<string, SignatureReport>>;
}

export function openSignatureLog(root: string): SignatureLog {
  const path = join(root, 'signatures.jsonl');
  return {
    // A line that a kill cut short must not swallow this one.
    add: (report) => atPath(path, () => appendFile(path, `\n${JSON.stringify(report)}\n`)),
    async read() {
      let text = '';
      try {
        text = await atPath(path, () => readFile(path, 'utf8'));
      } catch (error) {
        if (!isSeedbedError(error) || error.code !== 'NOT_FOUND') throw error;
      }
      const known = new Map<string, SignatureReport>();
      for (const report of text.split('\n').flatMap(parseLine))
        if (report.strength !== 'none' || !known.has(report.sha256)) known.set(report.sha256, report);
      return known;
    },
  };
}

function parseLine(text: string): SignatureReport[] {
  try {
    const parsed = SignatureReport.safeParse(JSON.parse(text));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
