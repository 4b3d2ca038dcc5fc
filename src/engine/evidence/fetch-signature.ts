// Looks for a detached signature beside a distfile, at upstream's own addresses and nowhere else. What comes is bounded, and kept in memory.
import { isFetchFailure } from '../distfiles/fetch-failure.ts';
import type { HttpClient } from '../distfiles/http-client.ts';
import { isCompressedName } from './signed-bytes.ts';

/** Real ones have about a kilobyte; what is larger is a page or a file. */
const LARGEST_FETCHED_BYTES = 65_536;
/** Of one distfile. */
const MOST_ADDRESSES = 16;

export interface FoundSignature {
  address: string;
  bytes: Buffer;
}

export interface SignatureSearch {
  found: FoundSignature | null;
  /** Every address that was asked and gave none, with what it said. */
  tried: { address: string; said: string; answered: boolean }[];
}

/** Never throws for a server; throws the signal's reason when it is aborted. */
export async function fetchSignature(
  urls: readonly string[],
  client: Pick<HttpClient, 'ask'>,
  signal: AbortSignal,
): Promise<SignatureSearch> {
  const tried: SignatureSearch['tried'] = [];
  const silentHosts = new Set<string>();
  for (const address of signatureAddresses(urls)) {
    const { host } = new URL(address);
    if (silentHosts.has(host)) continue;
    const got = await askOne(address, client, signal);
    if (Buffer.isBuffer(got)) return { found: { address, bytes: got }, tried };
    if (got.isSilent) silentHosts.add(host);
    tried.push({ address, said: got.said, answered: got.answered });
  }
  return { found: null, tried };
}

/** `.asc`, `.sig` and `.sign` behind the name, and `.sign` in place of the compression, as kernel.org has it. */
export function signatureAddresses(urls: readonly string[]): string[] {
  const addresses = urls.flatMap((text) => {
    if (!/^https?:/.test(text) || !URL.canParse(text)) return [];
    const { pathname } = new URL(text);
    const names = ['.asc', '.sig', '.sign'].map((ending) => `${pathname}${ending}`);
    if (isCompressedName(pathname)) names.push(pathname.replace(/\.[^./]+$/, '.sign'));
    return names.map((name) => {
      const url = new URL(text);
      url.pathname = name;
      return url.href;
    });
  });
  return [...new Set(addresses)].slice(0, MOST_ADDRESSES);
}

async function askOne(
  address: string,
  client: Pick<HttpClient, 'ask'>,
  signal: AbortSignal,
): Promise<Buffer | { said: string; answered: boolean; isSilent: boolean }> {
  const answered = { answered: true, isSilent: false };
  try {
    const answer = await client.ask(address, { signal });
    if (answer.status !== 200) {
      answer.discard();
      const isThere = answer.status !== 404 && answer.status !== 410;
      return { said: `HTTP ${answer.status}`, answered: !isThere, isSilent: false };
    }
    const pieces: Buffer[] = [];
    let bytes = 0;
    await answer.read((piece) => {
      bytes += piece.length;
      if (bytes > LARGEST_FETCHED_BYTES) return Promise.reject(new TooLarge());
      pieces.push(Buffer.from(piece));
      return null;
    });
    const whole = Buffer.concat(pieces);
    return looksLikeSignature(whole) ? whole : { said: 'something else than a signature', ...answered };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TooLarge) return { said: 'something larger than a signature', ...answered };
    if (!isFetchFailure(error)) throw error;
    return { said: error.message, answered: false, isSilent: error.reason === 'unreachable' };
  }
}

class TooLarge extends Error {}

/** Armour (RFC 9580, 6.2), or a packet with tag 2 in the new or the old form (RFC 9580, 4.2). */
function looksLikeSignature(bytes: Buffer): boolean {
  if (bytes.subarray(0, 4096).includes('-----BEGIN PGP SIGNATURE-----')) return true;
  const first = bytes[0] ?? 0;
  return first === 0xc2 || (first & 0xfc) === 0x88;
}
