// One press to the boot check on a drive: it is made if it is not there yet, and chosen on the page that writes drives.
import type { ReactNode } from 'react';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { useAction, useImages } from '../connection/context.tsx';
import type { SeedbedClient } from '../../../shared/contract/contract.ts';
import { flashRoute } from '../route.ts';
import { navigate } from '../use-route.ts';

export function FlashBootCheck(): ReactNode {
  const made = useImages().value?.find(({ record }) => record.kind === 'boot-check');
  const { act, pending, error } = useAction();
  return (
    <>
      <Button
        icon="drives"
        pending={pending}
        onPress={() =>
          act(async (client) => navigate(flashRoute({ image: made?.id ?? (await buildBootCheck(client)) })))
        }
      >
        Flash the boot check first
      </Button>
      {error === null ? null : <ErrorCard error={error} />}
    </>
  );
}

/** The id of the image; null when the job ended without one, which its own page explains. */
async function buildBootCheck(client: SeedbedClient): Promise<string | null> {
  const { jobId } = await client.image.build({ spec: { kind: 'boot-check' } });
  for await (const job of await client.job.watch({ job: jobId }))
    if (job.state !== 'running') return job.result?.imageId ?? null;
  return null;
}
