// The outputs that upstream has checksums for, of the builds that a configuration leaves, in the order in which they are made.
// Source: live-bootstrap 984b8322, seed/seed.kaem (the two programs), steps/*/pass*.kaem (`sha256sum -c ${pkg}.checksums` or `${pkg}.${ARCH}.checksums`),
// steps/helpers.sh (get_revision, src_checksum); stage0-posix 45d90f59, x86.answers.
import { isSeedbedError } from '../../shared/errors.ts';
import type { ExpectedOutput } from '../../shared/model/results.ts';
import { type BootstrapVariable, variableValue } from '../formats/bootstrap-variables.ts';
import { type ChecksumEntry, parseChecksumList } from '../formats/checksum-list.ts';
import { evaluateManifest } from '../formats/manifest-evaluate.ts';

export interface ExpectedOutputs {
  outputs: ExpectedOutput[];
  /** Names in SHA256SUMS.pkgs that no build makes. */
  unused: string[];
}

/** Text of a file of the checkout, by its path there. Throws NOT_FOUND. */
export type ReadCheckoutText = (path: string) => Promise<string>;

const PACKAGE_SUMS = 'steps/SHA256SUMS.pkgs';

/** Throws CHECKOUT_UNREADABLE, NOT_FOUND when there is no manifest. */
export async function expectedOutputs(
  read: ReadCheckoutText,
  variables: readonly BootstrapVariable[],
): Promise<ExpectedOutputs> {
  const arch = variableValue(variables, 'ARCH') || 'x86';
  const list = async (path: string): Promise<ChecksumEntry[]> => {
    const text = await readIfThere(read, path);
    return text === null ? [] : parseChecksumList(text, path);
  };
  const { scripts } = evaluateManifest(await read('steps/manifest'), variables);
  const sums = new Map((await list(PACKAGE_SUMS)).map(({ name, sha256 }) => [name, sha256]));
  const outputs: ExpectedOutput[] = [];
  const add =
    (layer: ExpectedOutput['layer'], step: string | null, pass: number | null) =>
    ({ name, sha256 }: ChecksumEntry): void =>
      void outputs.push({ layer, name, step, pass, sha256 });

  (await list(`seed/stage0-posix/${arch}.answers`)).forEach(add('stage0', null, null));
  for (const program of ['configurator', 'script-generator'])
    (await list(`seed/${program}.${arch}.checksums`)).forEach(add('seed', null, null));

  const packages: string[] = [];
  const used = new Set<string>();
  for (const { shell, entries } of scripts)
    for (const { directive, argument: step, pass } of entries) {
      if (directive !== 'build') continue;
      if (shell === 'kaem') {
        (await stepList(list, step, arch)).forEach(add('kaem', step, pass));
        continue;
      }
      // get_revision counts what is in the repository already by `ls ${pkg}*`, so also packages whose names only begin alike.
      const name = `${step}_${packages.filter((other) => other.startsWith(step)).length}.tar.bz2`;
      packages.push(name);
      const sha256 = sums.get(name);
      used.add(name);
      if (sha256 !== undefined) add('package', step, pass)({ name, sha256 });
    }
  return { outputs, unused: [...sums.keys()].filter((name) => !used.has(name)) };
}

/** A step's list is for all processors, or for one. */
async function stepList(
  list: (path: string) => Promise<ChecksumEntry[]>,
  step: string,
  arch: string,
): Promise<ChecksumEntry[]> {
  const entries = await list(`steps/${step}/${step}.checksums`);
  return entries.length > 0 ? entries : list(`steps/${step}/${step}.${arch}.checksums`);
}

/** A checkout without one of the lists has nothing to compare with there. */
async function readIfThere(read: ReadCheckoutText, path: string): Promise<string | null> {
  try {
    return await read(path);
  } catch (error) {
    if (isSeedbedError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
