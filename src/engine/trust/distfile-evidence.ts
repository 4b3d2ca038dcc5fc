// What speaks for the distfiles of an image beside the checkout that names them: where they came from, who else pins their hashes, signatures.
import type { ImageRecord } from '../../shared/model/image.ts';
import type { SignatureStrength } from '../../shared/model/evidence.ts';
import { openEvidenceLog } from '../distfiles/evidence-log.ts';
import { readCorroboration } from '../evidence/corroboration.ts';
import { openSignatureLog } from '../evidence/signature-log.ts';
import type { DistfileEvidence } from '../formats/trust/facts.ts';

/** Null for an image without distfiles. `root`: the folder of the store. */
export async function distfileEvidence(
  root: string,
  { distfiles }: Pick<ImageRecord, 'distfiles'>,
): Promise<DistfileEvidence | null> {
  if (distfiles.length === 0) return null;
  const nothing = new Map<string, never>();
  const log = await openEvidenceLog(root)
    .read()
    .catch(() => nothing);
  const signed = await openSignatureLog(root)
    .read()
    .catch(() => nothing);
  const { projects, pins } = await readCorroboration();
  const hashes = [...new Set(distfiles.map(({ sha256 }) => sha256))];
  const known = hashes.flatMap((sha256) => log.get(sha256) ?? []);
  const stored = known.flatMap((evidence) => evidence.stored ?? []);
  const https = stored.filter(({ transport }) => transport === 'https').length;
  const pinned = hashes.flatMap((sha256) => pins[sha256] ?? []);
  const strengths = hashes.flatMap((sha256) => signed.get(sha256)?.strength ?? []);
  const count = (wanted: SignatureStrength): number => strengths.filter((one) => one === wanted).length;
  return {
    files: hashes.length,
    known: stored.length,
    https,
    http: stored.length - https,
    agreed: known.filter(({ agreed }) => agreed.length > 0).length,
    pinned: pinned.length,
    pinnedIndependently: pinned.filter(({ pinnedBy }) =>
      pinnedBy.some(({ project }) => projects[project]?.independent === true),
    ).length,
    signatures: { modern: count('modern'), weak: count('weak'), wrong: count('wrong') },
  };
}
