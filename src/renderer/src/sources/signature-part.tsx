// A stored file held against upstream's signature, which the user gives or lets be fetched; the key is always the user's own file.
import { type ReactNode, useState } from 'react';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { SignatureReport } from '../../../shared/model/evidence.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { Fold } from '../components/overlays.tsx';
import { Badge } from '../components/status.tsx';
import { FolderField } from '../components/use-place.tsx';
import { useAction } from '../connection/context.tsx';
import { SIGNATURE_TONES, signatureLines } from '../derive/signature-view.ts';

interface SignaturePartProps {
  checkout: CheckoutChoice;
  name: string;
  isStored: boolean;
  /** The last one that was looked at, before now. */
  known: SignatureReport | null;
}

export function SignaturePart({ checkout, name, isStored, known }: SignaturePartProps): ReactNode {
  const { act, pending, error } = useAction();
  const [key, setKey] = useState<string | null>(null);
  const [file, setFile] = useState<string | null>(null);
  const [fresh, setFresh] = useState<SignatureReport | null>(null);
  const shown = fresh ?? known;
  function check(signature: string | null): void {
    act(async (client) => {
      if (key === null || signature === null) return;
      setFresh(await client.evidence.signature({ checkout, name, signature, key }));
    });
  }
  return (
    <section className="detail-part" aria-label="Upstream’s signature">
      <h3>Upstream’s signature</h3>
      {shown === null ? <p className="hint">No signature was looked at here.</p> : <Outcome report={shown} />}
      {isStored ? (
        <Fold title="Look at a signature">
          <div className="form wide-form">
            <FolderField
              kind="file"
              label="Public key"
              help="A file with the signer’s keys. It is never fetched: whose key it is, is for you to judge."
              token={key}
              onChosen={setKey}
            />
            <FolderField
              kind="file"
              label="Signature"
              help="The .sig, .asc or .sign that upstream publishes; not needed when it is fetched."
              token={file}
              onChosen={setFile}
            />
            <div className="card-actions start">
              <Button disabled={key === null || file === null} pending={pending} onPress={() => check(file)}>
                Check the signature
              </Button>
              <Button
                icon="download"
                disabled={key === null}
                pending={pending}
                onPress={() => check('fetch')}
              >
                Fetch and check
              </Button>
              <span className="hint">Fetching asks beside the file at upstream’s own addresses only.</span>
            </div>
            {error === null ? null : <ErrorCard error={error} />}
          </div>
        </Fold>
      ) : (
        <p className="hint">A signature can be looked at when the file is here.</p>
      )}
    </section>
  );
}

function Outcome({ report }: { report: SignatureReport }): ReactNode {
  const [first, ...rest] = signatureLines(report);
  return (
    <div role="status">
      <p className="tried-head">
        <Badge tone={SIGNATURE_TONES[report.strength]}>{report.strength}</Badge>
        <span>{first}</span>
      </p>
      <ul className="addresses">
        {rest.map((line) => (
          <li key={line} className="path muted">
            {line}
          </li>
        ))}
      </ul>
      {report.strength === 'none' ? null : (
        <p className="hint">It tells who released the file, not what is in it.</p>
      )}
    </div>
  );
}
