// What is no text: started from here, told file by file.
import type { ReactNode } from 'react';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { Blob, BlobReport, ScannedDistfile } from '../../../shared/model/blobs.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { Fold } from '../components/overlays.tsx';
import { RunningJob } from '../components/running-job.tsx';
import { useAction, useAnswer, useJobs } from '../connection/context.tsx';
import { blobSentence, generatedCount } from '../derive/chain-view.ts';
import { changeChain } from './chain-address.ts';

export function BlobPart({ checkout, job: id }: { checkout: CheckoutChoice; job: string | null }): ReactNode {
  const job = useJobs().value?.find((one) => one.id === id) ?? null;
  const { act, pending, error } = useAction();
  const { value } = useAnswer(`blobs ${id ?? ''} ${job?.state ?? ''}`, async (client, signal) => ({
    report: id === null ? null : await client.blobs.report({ job: id }, { signal }),
  }));
  const start = (distfiles: boolean): void =>
    act(async (client) => changeChain({ job: (await client.blobs.scan({ checkout, distfiles })).jobId }));
  const running = job?.state === 'running';
  const report = value?.report ?? null;
  return (
    <section className="card chain-blobs" aria-labelledby="blobs">
      <h2 id="blobs">What is no text</h2>
      <p className="hint">
        Programs that nobody can read have no place at the beginning. This looks at every file of the
        checkout, and into the stored distfiles, archives within archives too; nothing is unpacked to disk.
      </p>
      <div className="page-actions">
        <Button icon="search" disabled={running} pending={pending} onPress={() => start(false)}>
          Look at the checkout
        </Button>
        <Button icon="search" disabled={running} pending={pending} onPress={() => start(true)}>
          Also into the distfiles
        </Button>
      </div>
      {error === null ? null : <ErrorCard error={error} />}
      {running ? <RunningJob job={job} /> : null}
      {job?.state === 'failed' && job.error !== null ? <ErrorCard error={job.error} /> : null}
      {report === null ? null : <Report report={report} />}
    </section>
  );
}

function Report({ report }: { report: BlobReport }): ReactNode {
  const { checkout, distfiles } = report;
  return (
    <>
      <p role="status">{blobSentence(report)}</p>
      <BlobList blobs={checkout.blobs} label="Files of the checkout that are no text" />
      {(distfiles ?? []).filter(hasNews).map((file) => (
        <Fold
          key={file.name}
          title={`${file.name}: ${file.blobCount} no text, ${generatedCount(file)} made by programs`}
        >
          {file.notes.map((note) => (
            <p key={note}>Not opened: {note}</p>
          ))}
          <ul className="chain-edges">
            {file.generated.map(({ rule, count, examples }) => (
              <li key={rule}>
                {count} × {rule}, such as <code>{examples[0]}</code>
              </li>
            ))}
          </ul>
          <BlobList blobs={file.blobs} label={`Files in ${file.name} that are no text`} />
        </Fold>
      ))}
    </>
  );
}

function hasNews({ notes, blobCount, generated }: ScannedDistfile): boolean {
  return notes.length > 0 || blobCount > 0 || generated.length > 0;
}

function BlobList({ blobs, label }: { blobs: readonly Blob[]; label: string }): ReactNode {
  if (blobs.length === 0) return null;
  return (
    <ul className="chain-edges" aria-label={label}>
      {blobs.map(({ path, sizeBytes, kind, sha256, explanation }) => (
        <li key={path}>
          <code>{path}</code> {formatBytes(sizeBytes)}, {kind}
          <span className="chain-need" title={`sha256 ${sha256}`}>
            {explanation ?? 'not explained'}
          </span>
        </li>
      ))}
    </ul>
  );
}
