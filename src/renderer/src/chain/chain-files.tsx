// The chain and the bill of materials as files of the user's.
import type { ReactNode } from 'react';
import type { TextFile } from '../../../shared/contract/chain.ts';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { useAction } from '../connection/context.tsx';
import { saveBlob } from '../log/log-download.ts';
import { BillFiles } from '../sources/bill-files.tsx';

export function ChainFiles({ checkout, node }: { checkout: CheckoutChoice; node: string | null }): ReactNode {
  const { act, pending, error } = useAction();
  const save = ({ name, mediaType, text }: TextFile): void =>
    saveBlob(new Blob([text], { type: mediaType }), name);
  return (
    <section className="chain-files" aria-label="Files">
      <span className="hint">Save the chain as</span>
      {(['svg', 'dot', 'json'] as const).map((format) => (
        <Button
          key={format}
          size="small"
          icon="download"
          disabled={pending}
          onPress={() =>
            act(async (client) =>
              save(await client.chain.export({ checkout, format, node: format === 'svg' ? node : null })),
            )
          }
        >
          {format.toUpperCase()}
        </Button>
      ))}
      <span className="hint">and the bill of materials as</span>
      <BillFiles checkout={checkout} />
      {error === null ? null : <ErrorCard error={error} />}
    </section>
  );
}
