// Standard input: hashes until `begin`, then nothing but `cancel`. Its end means that whoever asked is gone: the helper ends with it.
import type { ChunkList, ChunkListBuilder } from './chunk-list.ts';
import { HelperError } from './failure.ts';
import { type HelperArguments, LONGEST_LINE_CHARACTERS, parseRequest } from './protocol.ts';

export interface Begun {
  chunks: ChunkList;
  resumeUpTo: number;
  /** Aborted with a HelperError: by `cancel`, by the end of input, by a line that nobody should have sent. */
  signal: AbortSignal;
  abort: (reason: HelperError) => void;
}

/** Comes back at `begin`. Rejects with HelperError bad-message or cancelled before it. */
export function listenForRequests(
  builder: ChunkListBuilder,
  { chunksSha256 }: Pick<HelperArguments, 'chunksSha256'>,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<Begun> {
  const controller = new AbortController();
  return new Promise((resolve, reject) => {
    let begun = false;
    let resumeUpTo = 0;
    let rest = '';
    const end = (error: HelperError): void => {
      reject(error);
      if (!controller.signal.aborted) controller.abort(error);
    };
    const take = (line: string): void => {
      const request = parseRequest(line);
      if (request === null) throw new HelperError('bad-message', 'a line of input is no request');
      if (request.type === 'cancel') throw new HelperError('cancelled', 'cancelled');
      if (begun) throw new HelperError('bad-message', `${request.type} after the beginning`);
      if (request.type === 'resume') resumeUpTo = request.upTo;
      else if (request.type === 'begin') {
        const chunks = builder.finish(chunksSha256);
        begun = true;
        resolve({ chunks, resumeUpTo, signal: controller.signal, abort: end });
      } else builder.add(request);
    };
    input.setEncoding('utf8');
    input.on('data', (text: string) => {
      if (controller.signal.aborted) return;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      try {
        for (const line of lines) take(line);
        if (rest.length > LONGEST_LINE_CHARACTERS)
          throw new HelperError('bad-message', 'a line of input is too long');
      } catch (error) {
        end(error instanceof HelperError ? error : new HelperError('bug', String(error)));
      }
    });
    input.on('end', () => end(new HelperError('cancelled', 'whoever asked has gone')));
    input.on('error', () => end(new HelperError('cancelled', 'whoever asked has gone')));
  });
}
