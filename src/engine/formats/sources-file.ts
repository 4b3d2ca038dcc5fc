// A step's `sources` file: the distfiles that it needs, one source line each.
// Source: live-bootstrap 984b8322, lib/generator.py (get_source_manifest), steps/helpers.sh, download-distfiles.sh.
import { SeedbedError } from '../../shared/errors.ts';

export interface SourceLine {
  /** From 1. */
  line: number;
  kind: 'file' | 'git';
  /** `git://repository~ref` of a git source, else null. */
  repository: string | null;
  /** Null where upstream has `_`: only mirrors have it. */
  url: string | null;
  /** 64 lower-case hexadecimal digits. */
  sha256: string;
  /** A plain file name. */
  name: string;
}

/** Source lines in order. Throws CHECKOUT_UNREADABLE, naming `fileName` and the line. */
export function parseSourcesFile(text: string, fileName: string): SourceLine[] {
  const fail = (line: number, reason: string): SeedbedError =>
    new SeedbedError('CHECKOUT_UNREADABLE', { file: fileName, line, reason });
  if (text === '') return [];
  const lines = text.split('\n');
  // checksum-transcriber and the shell's `read` both lose a last line without its end.
  if (lines.pop() !== '') throw fail(lines.length + 1, 'the last line has no line end');
  return lines.flatMap((raw, index) => {
    const words = raw.trim().split(' ');
    if (words[0] === '') return [];
    const source = parseSourceLine(words, index + 1);
    if (typeof source === 'string') throw fail(index + 1, source);
    return [source];
  });
}

/** The line as data, or what is wrong with it. */
function parseSourceLine(words: readonly string[], line: number): SourceLine | string {
  const [type = '', ...rest] = words;
  const isGit = type === 'g' || type === 'git';
  if (!isGit && type !== 'f' && type !== 'file') return `"${type}" is neither f, file, g nor git`;
  const [url, sha256, given, ...more] = isGit ? rest.slice(1) : rest;
  if (url === undefined || sha256 === undefined || url === '') return 'the address or the sha256 is missing';
  if (more.length > 0) return 'there are more words than address, sha256 and file name';
  if (!/^[0-9a-f]{64}$/.test(sha256)) return 'the sha256 is not 64 hexadecimal digits';
  const name = given ?? url.slice(url.lastIndexOf('/') + 1);
  if (!/^[!-~]{1,255}$/.test(name) || /[/\\]|^\.\.?$/.test(name) || name === '_')
    return `${JSON.stringify(name)} is not a file name`;
  return {
    line,
    kind: isGit ? 'git' : 'file',
    repository: isGit ? (rest[0] ?? null) : null,
    url: url === '_' ? null : url,
    sha256,
    name,
  };
}
