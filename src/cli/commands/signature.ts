// seedbed distfiles signature, and what distfiles show says of other projects' pins
import { SeedbedError } from '../../shared/errors.ts';
import type { DistfileEvidence, SignatureReport } from '../../shared/model/evidence.ts';
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { readCheckoutChoice } from './distfiles.ts';

interface SignatureOptions {
  checkout?: string;
  signature?: string;
  fetch?: boolean;
  key: string;
}

export async function signature(name: string, options: Json & SignatureOptions): Promise<void> {
  const screen = openScreen();
  const { signature: file } = options;
  if ((file === undefined) !== (options.fetch === true))
    throw new SeedbedError('INPUT_INVALID', { reason: 'give either --signature FILE or --fetch' });
  await withSession(async ({ client, engine: { places } }) => {
    const report = await client.evidence.signature({
      checkout: readCheckoutChoice(options.checkout, places),
      name,
      signature: file === undefined ? 'fetch' : places.mint(file).token,
      key: places.mint(options.key).token,
    });
    if (report.strength === 'wrong' || report.strength === 'none') process.exitCode = 1;
    if (options.json === true) screen.json(report);
    else for (const line of signatureLines(report)) screen.line(line);
  });
}

const STRENGTHS: Record<SignatureReport['strength'], string> = {
  modern: 'it fits, by means that are taken today',
  weak: 'it fits, but by means that are not taken any more',
  wrong: 'it does NOT fit these bytes and this key',
  none: 'upstream has none beside the file',
};

function signatureLines(report: SignatureReport): string[] {
  const { name, strength, reasons, fingerprint, users, publicKeyAlgorithm, hashAlgorithm, made } = report;
  if (strength === 'none')
    return [`${name}: no signature: ${STRENGTHS.none}`, ...reasons.map((reason) => `  asked    ${reason}`)];
  return [
    `${name}: ${strength} signature: ${STRENGTHS[strength]}`,
    ...reasons.map((reason) => `  because  ${reason}`),
    ...(report.address === null ? [] : [`  from     ${report.address}`]),
    ...(report.over === 'file' ? [] : ['  over     what the file holds uncompressed']),
    ...(fingerprint === null ? [] : [`  key      ${fingerprint}`]),
    ...users.slice(0, 5).map((user) => `  of       ${user}`),
    `  made     ${made ?? 'at a time that it does not tell'}, ${publicKeyAlgorithm}, ${hashAlgorithm}`,
    '  It tells who released the file, not what is in it. Whose key this is, is for you to judge.',
  ];
}

export function corroborationLines(evidence: DistfileEvidence | undefined): string[] {
  if (evidence === undefined) return [];
  const { pinnedBy, projects, independentProjects, signature: known } = evidence;
  return [
    projects === 0
      ? '  pinned   by no other project that Seedbed knows of'
      : `  pinned   by the same hash in ${projects} ${projects === 1 ? 'project' : 'projects'}, ${independentProjects} of them independent of live-bootstrap’s list`,
    ...pinnedBy.map(
      ({ project, commit, path, independent }) =>
        `    ${project} ${commit.slice(0, 12)} ${path}${independent ? '' : ' (follows live-bootstrap’s list)'}`,
    ),
    `  signed   ${known === null ? 'no signature was looked at here' : `${known.strength}${known.fingerprint === null ? '' : `, key ${known.fingerprint}`}`}`,
  ];
}
