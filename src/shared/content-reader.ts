// Who read a file system, in a sentence: the same on the page and on the command line.
import type { ContentReader } from './model/image-reading.ts';
import { formatCount } from './units.ts';

export function describeReader({ name, reason, exceptions, exceptionCount }: ContentReader): string {
  if (name === 'seedbed') return `Read by Seedbed’s own reader alone: ${reason ?? ''}.`;
  const [first] = exceptions;
  const alone =
    first === undefined
      ? ''
      : ` ${formatCount(exceptionCount)} ${exceptionCount === 1 ? 'answer is' : 'answers are'} Seedbed’s alone, the first about ${first.path}: ${first.reason}.`;
  return `Read by ext2fs (libext2fs), and compared with Seedbed’s own reader.${alone}`;
}
