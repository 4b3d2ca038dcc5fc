// What a source gave, into the evidence: before the file gets its name in the store, so that no stored file is without it.
import type { Source, Transport, WantedDistfile } from '../../shared/model/distfile.ts';
import { type EvidenceLog, sourceWords } from './evidence-log.ts';
import type { DistfileStore } from './store.ts';

export interface Delivery {
  sizeBytes: number;
  transport: Transport;
  note: string;
}

export async function noteStored(
  { name, sha256 }: WantedDistfile,
  source: Source,
  delivery: Delivery,
  evidence: EvidenceLog,
): Promise<void> {
  await evidence.add({ event: 'stored', name, sha256, actualSha256: null, source, ...delivery });
}

/** Another file than the wanted one: it goes aside, with a record. */
export async function noteWrong(
  { name, sha256: expectedSha256 }: WantedDistfile,
  source: Source,
  { sha256: actualSha256, ...delivery }: Delivery & { sha256: string },
  path: string,
  { store, evidence }: { store: DistfileStore; evidence: EvidenceLog },
): Promise<void> {
  await store.setAside(path, {
    ...{ name, expectedSha256, actualSha256, sizeBytes: delivery.sizeBytes },
    source: `${sourceWords(source)} (${source.at})`,
    at: new Date().toISOString(),
  });
  await evidence.add({ event: 'wrong', name, sha256: expectedSha256, actualSha256, source, ...delivery });
}
