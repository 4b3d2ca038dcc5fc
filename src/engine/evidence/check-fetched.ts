// A stored distfile against the signature that lies beside it at upstream's addresses. The key is the user's own file, and never fetched.
import { SeedbedError } from '../../shared/errors.ts';
import type { SignatureReport } from '../../shared/model/evidence.ts';
import { createHttpClient } from '../distfiles/http-client.ts';
import { DEFAULT_LIMITS } from '../distfiles/limits.ts';
import { checkSignature, type SignatureFiles } from './check-signature.ts';
import { fetchSignature, type SignatureSearch } from './fetch-signature.ts';

type FetchedFiles = Omit<SignatureFiles, 'signature'> & { urls: readonly string[] };

/** Throws what checkSignature throws, and SIGNATURE_NOT_FETCHED when it is not known whether upstream has one. */
export async function checkFetched(
  { urls, ...files }: FetchedFiles,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal = new AbortController().signal,
): Promise<SignatureReport> {
  const client = createHttpClient(DEFAULT_LIMITS, env);
  try {
    const { found, tried } = await fetchSignature(urls, client, signal);
    if (found !== null) return await checkSignature({ ...files, signature: found }, signal);
    requireAnswers(files.name, tried);
    return {
      name: files.name,
      sha256: files.sha256,
      strength: 'none',
      reasons: tried.map(({ address, said }) => `${address}: ${said}`),
      fingerprint: null,
      users: [],
      publicKeyAlgorithm: 'none',
      hashAlgorithm: 'none',
      made: null,
      address: null,
      over: 'file',
    };
  } finally {
    client.close();
  }
}

/** Silence is not the same as having none. */
function requireAnswers(name: string, tried: SignatureSearch['tried']): void {
  const unasked = tried.filter(({ answered }) => !answered);
  if (tried.length > 0 && unasked.length === 0) return;
  const asked =
    tried.length === 0
      ? 'upstream has no web address for it'
      : unasked.map(({ address, said }) => `${address}: ${said}`).join('; ');
  throw new SeedbedError('SIGNATURE_NOT_FETCHED', { name, asked });
}
