// A detached OpenPGP signature (RFC 9580, and RFC 4880 before it) held against a file and a public key that the user gives, by openpgp.js. First by what is taken
// today; what only fits without those rules is weak, never the same as modern.
import type * as openpgp from 'openpgp';
import { SeedbedError } from '../../shared/errors.ts';
import type { SignatureReport } from '../../shared/model/evidence.ts';
import { isCompressedName, readBounded, readUncompressed } from './signed-bytes.ts';

type OpenPgp = typeof openpgp;
type Key = Awaited<ReturnType<OpenPgp['readKeys']>>[number];
type Signature = Awaited<ReturnType<OpenPgp['readSignature']>>;

/** gnu-keyring.gpg has 8 MB. */
const LARGEST_KEY_BYTES = 64 * 1024 * 1024;
const LARGEST_SIGNATURE_BYTES = 1024 * 1024;
const LARGEST_FILE_BYTES = 1024 * 1024 * 1024;

export interface SignatureFiles {
  name: string;
  sha256: string;
  /** Paths. */
  file: string;
  key: string;
  /** A path, or what came from an address. */
  signature: string | { address: string; bytes: Buffer };
}

interface Verdict {
  strength: 'modern' | 'weak' | 'wrong';
  reasons: string[];
}

/**
 * A `.sign` that does not fit a compressed file is held against what the file holds uncompressed. Throws SIGNATURE_UNREADABLE, SIGNATURE_UNDECIDED, and the
 * signal's reason.
 */
export async function checkSignature(
  files: SignatureFiles,
  signal: AbortSignal = new AbortController().signal,
): Promise<SignatureReport> {
  const pgp = await import('openpgp');
  const keys = await readKeys(pgp, files.key);
  const [at, given] =
    typeof files.signature === 'string'
      ? [files.signature, await readBounded(files.signature, LARGEST_SIGNATURE_BYTES)]
      : [files.signature.address, files.signature.bytes];
  const signature = await readSignature(pgp, at, given);
  const [packet] = signature.packets;
  const base = {
    name: files.name,
    sha256: files.sha256,
    publicKeyAlgorithm: nameOf(pgp.enums.publicKey, packet?.publicKeyAlgorithm ?? null),
    hashAlgorithm: nameOf(pgp.enums.hash, packet?.hashAlgorithm ?? null),
    made: packet?.created?.toISOString() ?? null,
    address: typeof files.signature === 'string' ? null : at,
    over: 'file' as const,
  };
  const id = signature.getSigningKeyIDs()[0];
  const signer = keys.find((key) => id !== undefined && key.getKeys(id).length > 0);
  if (signer === undefined)
    return {
      ...base,
      strength: 'wrong',
      reasons: [`none of the given keys made it; it names key ${id?.toHex() ?? '(none)'}`],
      fingerprint: null,
      users: [],
    };
  const who = { fingerprint: signer.getFingerprint(), users: signer.getUserIDs() };
  const judge = async (bytes: Buffer): Promise<Verdict> =>
    judgeBytes(pgp, bytes, () => readSignature(pgp, at, given), signer);
  // The library's streams do not end for detached signatures, so the file is taken whole: the largest distfile has 150 MB.
  const verdict = await judge(await readBounded(files.file, LARGEST_FILE_BYTES));
  signal.throwIfAborted();
  if (verdict.strength !== 'wrong' || !/\.sign$/.test(at) || !isCompressedName(files.name))
    return { ...base, ...who, ...verdict };
  const inside = await readUncompressed(files.file, files.name, LARGEST_FILE_BYTES, signal);
  if (typeof inside === 'string')
    throw new SeedbedError('SIGNATURE_UNDECIDED', { name: files.name, reason: inside });
  return { ...base, ...who, ...(await judge(inside)), over: 'uncompressed' };
}

async function judgeBytes(
  pgp: OpenPgp,
  bytes: Buffer,
  read: () => Promise<Signature>,
  signer: Key,
): Promise<Verdict> {
  const today = await verify(pgp, bytes, await read(), signer, {});
  if (today === null) {
    const reasons = await weakOfKey(signer);
    return { strength: reasons.length === 0 ? 'modern' : 'weak', reasons };
  }
  const lax = await verify(pgp, bytes, await read(), signer, {
    rejectHashAlgorithms: new Set(),
    rejectMessageHashAlgorithms: new Set(),
    rejectPublicKeyAlgorithms: new Set(),
    rejectCurves: new Set(),
    minRSABits: 0,
    allowInsecureVerificationWithReformattedKeys: true,
  });
  if (lax !== null) return { strength: 'wrong', reasons: [lax] };
  return { strength: 'weak', reasons: [today, ...(await weakOfKey(signer))] };
}

/** Null when it fits, else why not. */
async function verify(
  pgp: OpenPgp,
  binary: Uint8Array,
  signature: Signature,
  key: Key,
  config: Record<string, unknown>,
): Promise<string | null> {
  const message = await pgp.createMessage({ binary });
  try {
    const result = await pgp.verify({ message, signature, verificationKeys: key, format: 'binary', config });
    const [first] = result.signatures;
    if (first === undefined) return 'it holds no signature';
    await first.verified;
    return null;
  } catch (error) {
    return error instanceof Error ? plain(error.message) : String(error);
  }
}

async function weakOfKey(key: Key): Promise<string[]> {
  const expires = await key.getExpirationTime().catch(() => null);
  if (!(expires instanceof Date) || expires.getTime() > Date.now()) return [];
  return [`the key expired on ${expires.toISOString().slice(0, 10)}`];
}

async function readKeys(pgp: OpenPgp, path: string): Promise<Key[]> {
  const bytes = await readBounded(path, LARGEST_KEY_BYTES);
  try {
    return isArmored(bytes)
      ? await pgp.readKeys({ armoredKeys: bytes.toString('latin1') })
      : await pgp.readKeys({ binaryKeys: bytes });
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function readSignature(pgp: OpenPgp, path: string, bytes: Buffer): Promise<Signature> {
  try {
    return isArmored(bytes)
      ? await pgp.readSignature({ armoredSignature: bytes.toString('latin1') })
      : await pgp.readSignature({ binarySignature: bytes });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function isArmored(bytes: Buffer): boolean {
  return bytes.subarray(0, 4096).includes('-----BEGIN PGP');
}

function unreadable(path: string, error: unknown): SeedbedError {
  const reason = error instanceof Error ? plain(error.message) : String(error);
  return new SeedbedError('SIGNATURE_UNREADABLE', { path, reason }, { cause: error });
}

/** The library's words, in one line. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 300);
}

function nameOf(names: Record<string, number | string>, value: number | null): string {
  const found = Object.entries(names).find(([, number]) => number === value)?.[0];
  return found ?? (value === null ? 'not known' : `number ${value}`);
}
