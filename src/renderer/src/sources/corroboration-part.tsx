// Who else pins the same hash, over what upstream is reached, and what upstream's signature says.
import type { ReactNode } from 'react';
import type { DistfileSelection } from '../../../shared/contract/distfiles.ts';
import type { DistfileEvidence } from '../../../shared/model/evidence.ts';
import { useAnswer } from '../connection/context.tsx';
import { SignaturePart } from './signature-part.tsx';

export function CorroborationPart(props: {
  selection: DistfileSelection;
  name: string;
  isStored: boolean;
}): ReactNode {
  const { selection, name, isStored } = props;
  const { value } = useAnswer(`evidence ${JSON.stringify(selection.checkout)} ${name}`, (client, signal) =>
    client.evidence.list({ ...selection, names: [name] }, { signal }),
  );
  const evidence = value?.rows[0];
  if (evidence === undefined) return null;
  return (
    <>
      <section className="detail-part" aria-labelledby="pins">
        <h3 id="pins">Who else has this hash</h3>
        <p>{pinWords(evidence)}</p>
        <ul className="plain-list">
          {evidence.pinnedBy.map(({ project, commit, path, independent }) => (
            <li key={`${project} ${path}`}>
              {project} since <code>{commit.slice(0, 12)}</code>, <code>{path}</code>
              {independent ? '' : ' (its list follows live-bootstrap’s)'}
            </li>
          ))}
        </ul>
        <p className="hint">
          {evidence.http + evidence.https === 0
            ? 'Upstream has no address.'
            : `Upstream’s addresses: ${evidence.https} by https, ${evidence.http} by plain http; the hash decides either way.`}
        </p>
      </section>
      <SignaturePart
        key={name}
        checkout={selection.checkout}
        name={name}
        isStored={isStored}
        known={evidence.signature}
      />
    </>
  );
}

function pinWords({ projects, independentProjects }: DistfileEvidence): string {
  if (projects === 0) return 'No other project that Seedbed knows of pins it.';
  return `Pinned by the same hash in ${projects} ${projects === 1 ? 'project' : 'projects'}, ${independentProjects} of them independent of live-bootstrap’s list.`;
}
