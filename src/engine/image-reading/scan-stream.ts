// Goes through the source stream of an image from line to line, without reading the files in it: where each entry lies, and where the stream ends or breaks.
import { describeError } from '../../shared/error-texts.ts';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { BUILDER_HEX0_LIMITS } from '../formats/builder-hex0.ts';
import { createSrcDecoder } from '../formats/src-decoder.ts';
import type { SrcEntry } from '../formats/srcfs.ts';

export interface ScannedEntry extends SrcEntry {
  headerAtBytes: number;
  /** The file's bytes; they end at `endBytes`. */
  payloadAtBytes: number;
  endBytes: number;
}

export interface ScannedStream {
  fromBytes: number;
  entries: ScannedEntry[];
  commands: { text: string; atBytes: number }[];
  /** Offset of the NUL that ends the stream, or of the line that could not be read. */
  endBytes: number;
  /** Why it could not be read to its end; null when it was. */
  failure: string | null;
}

/** Past these nothing can boot, and a file full of holes could keep us busy for days. */
const MOST_LINES = 4 * BUILDER_HEX0_LIMITS.files;

/** Small files go by in a window; a larger one is passed over. */
const WINDOW_BYTES = 128 * 1024;

/** A stream that breaks is no error here: what stands before the break is told. Throws FILE_CHANGED, CANCELLED. */
export async function scanStream(
  source: ByteSource,
  fromBytes: number,
  signal?: AbortSignal,
): Promise<ScannedStream> {
  const stream: ScannedStream = { fromBytes, entries: [], commands: [], endBytes: fromBytes, failure: null };
  const decoder = createSrcDecoder(collect(stream), source.path, fromBytes);
  const window = new Uint8Array(WINDOW_BYTES);
  let at = fromBytes;
  try {
    while (!decoder.ended) {
      if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
      const count = at < source.sizeBytes ? await source.read(window, at) : 0;
      if (count === 0) {
        stream.failure = `it stops ${decoder.place} where the image ends`;
        break;
      }
      at += decoder.push(window.subarray(0, count));
      at += decoder.skip();
      if (stream.entries.length + stream.commands.length > MOST_LINES) {
        stream.failure = 'it holds more files than any machine could take';
        break;
      }
    }
  } catch (error) {
    if (!isSeedbedError(error) || error.code !== 'IMAGE_UNREADABLE') throw error;
    stream.failure = describeError(error).message;
  }
  return dropUnfinished(stream, source.sizeBytes);
}

function collect(stream: ScannedStream): Parameters<typeof createSrcDecoder>[0] {
  return {
    entry(entry, payloadAtBytes) {
      const endBytes = payloadAtBytes + entry.sizeBytes;
      stream.entries.push({ ...entry, headerAtBytes: stream.endBytes, payloadAtBytes, endBytes });
      stream.endBytes = endBytes;
    },
    payload: () => undefined,
    entryEnd: () => undefined,
    command(text, atBytes) {
      stream.commands.push({ text, atBytes });
      stream.endBytes = atBytes + text.length + 1;
    },
  };
}

/** An entry that goes past the end of the image is none. */
function dropUnfinished(stream: ScannedStream, sizeBytes: number): ScannedStream {
  const last = stream.entries.at(-1);
  if (last === undefined || last.endBytes <= sizeBytes) return stream;
  return {
    ...stream,
    entries: stream.entries.slice(0, -1),
    endBytes: last.headerAtBytes,
    failure: stream.failure ?? `${last.path} goes past the end of the image`,
  };
}
