// What is known for each distfile beside its hash, put together from pins, addresses, what sources gave here, and signatures.
import type { DistfileRow } from '../../shared/model/distfile.ts';
import type {
  Corroboration,
  DistfileEvidence,
  EvidenceTable,
  SignatureReport,
} from '../../shared/model/evidence.ts';

export function evidenceTable(
  rows: readonly DistfileRow[],
  { projects, pins }: Corroboration,
  signatures: ReadonlyMap<string, SignatureReport>,
): EvidenceTable {
  const evidence = rows.map((row) => evidenceOf(row, { projects, pins }, signatures));
  const count = (holds: (one: DistfileEvidence) => boolean): number => evidence.filter(holds).length;
  return {
    rows: evidence,
    projects,
    totals: {
      files: rows.length,
      pinned: count((one) => one.projects > 0),
      pinnedIndependently: count((one) => one.independentProjects > 0),
      onlyHttp: count((one) => one.http > 0 && one.https === 0),
      noAddress: count((one) => one.http + one.https === 0),
    },
  };
}

function evidenceOf(
  { name, sha256, urls, evidence: { stored, agreed } }: DistfileRow,
  { projects, pins }: Corroboration,
  signatures: ReadonlyMap<string, SignatureReport>,
): DistfileEvidence {
  const pinnedBy = (pins[sha256]?.pinnedBy ?? []).map((pin) => ({
    ...pin,
    independent: projects[pin.project]?.independent === true,
  }));
  const names = (only: boolean): number =>
    new Set(pinnedBy.flatMap(({ project, independent }) => (only && !independent ? [] : project))).size;
  return {
    name,
    sha256,
    pinnedBy,
    projects: names(false),
    independentProjects: names(true),
    http: urls.filter((url) => url.startsWith('http:')).length,
    https: urls.filter((url) => url.startsWith('https:')).length,
    sources: agreed.length + (stored === null ? 0 : 1),
    signature: signatures.get(sha256) ?? null,
  };
}
