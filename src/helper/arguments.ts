// The helper's argument vector: one word of what to do and a fixed set of `--name=value`, each exactly once. It is what an authorisation dialog shows.
import { HelperError } from './failure.ts';
import { CHUNK_BYTES, type HelperArguments, MOST_CHUNKS } from './protocol.ts';

/** Longer than any path of Linux (PATH_MAX) or any serial number. */
const LONGEST_VALUE = 4096;
/** A plain name right under /dev, or in a folder there; no way up. */
const DEVICE = /^\/dev\/(?:[A-Za-z0-9][A-Za-z0-9_-]*\/)?[A-Za-z0-9][A-Za-z0-9_-]*$/;

export function formatArguments(given: HelperArguments): string[] {
  const { mode, device, identity, image, imageBytes, chunksSha256, unmount, eject } = given;
  return [
    mode,
    `--device=${device}`,
    `--number=${identity.majorMinor}`,
    `--size=${identity.sizeBytes}`,
    `--diskseq=${identity.diskseq ?? ''}`,
    `--serial=${identity.serial ?? ''}`,
    `--wwn=${identity.wwn ?? ''}`,
    `--model=${identity.model ?? ''}`,
    `--image=${image ?? ''}`,
    `--image-bytes=${imageBytes}`,
    `--chunks-sha256=${chunksSha256}`,
    `--unmount=${unmount ? 'yes' : 'no'}`,
    `--eject=${eject ? 'yes' : 'no'}`,
  ];
}

/** Throws HelperError bad-arguments for anything that `formatArguments` would not have made. */
export function parseArguments(argv: readonly string[]): HelperArguments {
  const [mode, ...rest] = argv;
  if (mode !== 'write' && mode !== 'verify') throw refusal('the first word is not write or verify');
  const values = new Map<string, string>();
  for (const word of rest) {
    const [, name = '', value = ''] = /^--([a-z0-9-]+)=([^]*)$/.exec(word) ?? [];
    if (name === '') throw refusal('an argument is not --name=value');
    if (values.has(name)) throw refusal(`--${name} is given twice`);
    if (value.length > LONGEST_VALUE || hasControls(value))
      throw refusal(`--${name} has a value that is refused`);
    values.set(name, value);
  }
  const take = (name: string, pattern: RegExp): string => {
    const value = values.get(name);
    if (value === undefined || !pattern.test(value)) throw refusal(`--${name} is missing or wrong`);
    values.delete(name);
    return value;
  };
  const takeNumber = (name: string): number => {
    const value = Number(take(name, /^\d{1,16}$/));
    if (!Number.isSafeInteger(value)) throw refusal(`--${name} is too large`);
    return value;
  };
  const takeText = (name: string): string | null => take(name, /^.*$/) || null;
  const parsed: HelperArguments = {
    mode,
    device: take('device', DEVICE),
    identity: {
      majorMinor: take('number', /^\d{1,4}:\d{1,7}$/),
      sizeBytes: takeNumber('size'),
      diskseq: values.get('diskseq') === '' ? (take('diskseq', /^$/), null) : takeNumber('diskseq'),
      serial: takeText('serial'),
      wwn: takeText('wwn'),
      model: takeText('model'),
    },
    image: take('image', /^(?:\/.*)?$/) || null,
    imageBytes: takeNumber('image-bytes'),
    chunksSha256: take('chunks-sha256', /^[0-9a-f]{64}$/),
    unmount: take('unmount', /^(?:yes|no)$/) === 'yes',
    eject: take('eject', /^(?:yes|no)$/) === 'yes',
  };
  const [unknown] = values.keys();
  if (unknown !== undefined) throw refusal(`--${unknown} is not known`);
  if (parsed.imageBytes === 0 || parsed.imageBytes > MOST_CHUNKS * CHUNK_BYTES)
    throw refusal('--image-bytes is nothing, or more than is written');
  if (mode === 'write' && parsed.image === null) throw refusal('--image is missing');
  if (mode === 'verify' && (parsed.unmount || parsed.eject)) throw refusal('verify changes nothing');
  return parsed;
}

function hasControls(text: string): boolean {
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}

/** Variables that change what a program loads or does before its first line. pkexec and sudo drop them; who starts the helper otherwise must. */
const POISON = /^(?:LD_|DYLD_|NODE_|ELECTRON_|UV_|OPENSSL_|SSL_|MALLOC_|GCONV_|LOCPATH$|TMPDIR$)/;
/** What Node may have been started with: less memory, nothing that loads or listens. */
const HARMLESS_FLAGS = /^--(?:max-old-space-size|max-semi-space-size|v8-pool-size)=\d+$/;

/** Throws HelperError bad-environment. */
export function refusePoison(env: NodeJS.ProcessEnv, flags: readonly string[]): void {
  const [name] = Object.keys(env).filter((one) => POISON.test(one));
  if (name !== undefined) throw new HelperError('bad-environment', `the variable ${name} is set`);
  const [flag] = flags.filter((one) => !HARMLESS_FLAGS.test(one));
  if (flag !== undefined) throw new HelperError('bad-environment', 'Node was started with other flags');
}

function refusal(detail: string): HelperError {
  return new HelperError('bad-arguments', detail);
}
