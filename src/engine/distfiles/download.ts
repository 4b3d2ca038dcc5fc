// One try to get one file over HTTP: go on where the partial file ends when the server can, hash while it comes, and judge the whole.
import { FetchFailure, failureOfStatus } from './fetch-failure.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import type { Origin, PartialFile } from './partial-file.ts';

export interface DownloadOptions {
  client: HttpClient;
  signal: AbortSignal;
  largestFileBytes: number;
  /** Called now and then and at the end: bytes that are here, of how many, and how many just came. */
  onBytes: (doneBytes: number, totalBytes: number | null, cameBytes: number) => void;
}

export interface Downloaded {
  sha256: string;
  /** Where redirects led. */
  finalUrl: string;
  isPlain: boolean;
  /** Some of the bytes are of an earlier try, perhaps from elsewhere: a wrong hash may not be this source's fault. */
  isResumed: boolean;
}

/** News of fewer bytes than this wait for more. */
const TOLD_BYTES = 131_072;

/** Fill `partial` with all bytes of the file at `url`. Throws FetchFailure; what came stays in the partial. */
export async function download(
  url: string,
  partial: PartialFile,
  options: DownloadOptions,
): Promise<Downloaded> {
  const answer = await askForRest(url, partial, options);
  const isResumed = partial.sizeBytes > 0;
  const announced = announcedBytes(answer, partial.sizeBytes);
  if (announced !== null && announced > options.largestFileBytes) {
    answer.discard();
    throw tooLarge(announced, options.largestFileBytes);
  }
  partial.startedFrom(originOf(url, answer, announced, partial));
  options.onBytes(partial.sizeBytes, announced, 0);
  let untoldBytes = 0;
  const tell = (): void => {
    options.onBytes(partial.sizeBytes, announced, untoldBytes);
    untoldBytes = 0;
  };
  try {
    await answer.read((bytes) => {
      const written = partial.write(bytes);
      untoldBytes += bytes.length;
      if (untoldBytes >= TOLD_BYTES) tell();
      return partial.sizeBytes <= options.largestFileBytes
        ? written
        : Promise.reject(tooLarge(partial.sizeBytes, options.largestFileBytes));
    });
  } finally {
    tell();
  }
  options.signal.throwIfAborted();
  if (announced !== null && partial.sizeBytes !== announced)
    throw new FetchFailure('cut', `${partial.sizeBytes} of ${announced} bytes came`);
  return { sha256: await partial.digest(), finalUrl: answer.url.href, isPlain: answer.isPlain, isResumed };
}

/** An answer whose body belongs right behind the partial's bytes; the partial is emptied when the server cannot do that. */
async function askForRest(
  url: string,
  partial: PartialFile,
  { client, signal }: DownloadOptions,
): Promise<HttpAnswer> {
  if (partial.sizeBytes > 0) {
    const { sizeBytes, origin } = partial;
    // The same address: only if it is still the same file. Another one: the hash will tell.
    const condition =
      origin?.url === url && origin.validator !== null ? { 'if-range': origin.validator } : {};
    const answer = await client.ask(url, {
      headers: { range: `bytes=${sizeBytes}-`, ...condition },
      signal,
    });
    if (answer.status === 206 && continues(answer, sizeBytes, origin)) return accept(answer, url);
    // RFC 9110, 13.1.5: the whole file comes when it has changed, or when ranges are not served.
    if (answer.status === 200) {
      await partial.restart();
      return accept(answer, url);
    }
    answer.discard();
    if (answer.status !== 206 && answer.status !== 416)
      throw failureOfStatus(answer.status, answer.headers['retry-after']);
    await partial.restart();
  }
  const answer = await client.ask(url, { signal });
  if (answer.status === 200) return accept(answer, url);
  answer.discard();
  throw failureOfStatus(answer.status, answer.headers['retry-after']);
}

/** Does a 206 begin where the partial ends, and speak of a file of the same size? */
function continues(answer: HttpAnswer, sizeBytes: number, origin: Origin | null): boolean {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(answer.headers['content-range'] ?? '');
  if (range === null || Number(range[1]) !== sizeBytes) return false;
  const total = range[3] === '*' ? null : Number(range[3]);
  const before = origin?.totalBytes ?? null;
  return total === null || before === null || total === before;
}

/**
 * Bytes are wanted as they are. An encoding is believed only of a file that is compressed itself: old servers label `x.tar.gz` so, and
 * send the file as it is. Anything else would have to be unpacked, which is not done (the sha256 is of the file).
 */
function accept(answer: HttpAnswer, url: string): HttpAnswer {
  const encoding = (answer.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity' || encoding === '') return answer;
  const isArchive = [url, answer.url.href].some((at) => /\.(gz|tgz|bz2|xz|Z|lz|zst)(\?|$)/.test(at));
  if (isArchive) return answer;
  answer.discard();
  throw new FetchFailure('encoded', `the server sends it with content encoding ${encoding}`);
}

/** Size of the whole file, as the answer's head says. */
function announcedBytes(answer: HttpAnswer, hereBytes: number): number | null {
  const range = /\/(\d+)$/.exec(answer.headers['content-range'] ?? '');
  if (answer.status === 206 && range !== null) return Number(range[1]);
  const length = answer.headers['content-length'];
  return length === undefined || !/^\d{1,15}$/.test(length) ? null : hereBytes + Number(length);
}

function originOf(url: string, answer: HttpAnswer, totalBytes: number | null, partial: PartialFile): Origin {
  const { etag } = answer.headers;
  const isStrong = etag !== undefined && !etag.startsWith('W/');
  const before = partial.sizeBytes > 0 ? partial.origin : null;
  return {
    url,
    validator: isStrong ? etag : (answer.headers['last-modified'] ?? null),
    totalBytes,
    isJoined: before !== null && (before.isJoined || before.url !== url),
  };
}

function tooLarge(bytes: number, limit: number): FetchFailure {
  return new FetchFailure('too-large', `it is larger than ${limit} bytes (${bytes})`);
}
