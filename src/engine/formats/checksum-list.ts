// Lists of checksums as sha256sum writes them: `<64 digits>  <name>` a line (coreutils; mescc-tools-extra's sha256sum writes the same).
import { SeedbedError } from '../../shared/errors.ts';

export interface ChecksumEntry {
  sha256: string;
  name: string;
}

/** In the list's order. Throws CHECKOUT_UNREADABLE, naming `fileName` and the line. */
export function parseChecksumList(text: string, fileName: string): ChecksumEntry[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const [, sha256, name] = /^([0-9a-f]{64}) [ *](\S.{0,299})$/.exec(line.replace(/\r$/, '')) ?? [];
    if (sha256 === undefined || name === undefined)
      throw new SeedbedError('CHECKOUT_UNREADABLE', {
        file: fileName,
        line: index + 1,
        reason: 'this is no line of sha256sum',
      });
    return [{ sha256, name }];
  });
}
