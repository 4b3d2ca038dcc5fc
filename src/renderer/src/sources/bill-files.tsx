// The bill of materials of a checkout as files of the user's.
import type { ReactNode } from 'react';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { useAction } from '../connection/context.tsx';
import { saveBlob } from '../log/log-download.ts';

export function BillFiles({ checkout }: { checkout: CheckoutChoice }): ReactNode {
  const { act, pending, error } = useAction();
  return (
    <>
      {(['cyclonedx', 'csv'] as const).map((format) => (
        <Button
          key={format}
          size="small"
          icon="download"
          disabled={pending}
          onPress={() =>
            act(async (client) => {
              const { name, mediaType, text } = await client.sbom.write({ checkout, format, image: null });
              saveBlob(new Blob([text], { type: mediaType }), name);
            })
          }
        >
          {format === 'csv' ? 'CSV' : 'CycloneDX'}
        </Button>
      ))}
      {error === null ? null : <ErrorCard error={error} />}
    </>
  );
}
