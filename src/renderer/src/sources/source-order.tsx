// From where a distfile would be fetched, in the order in which the sources are asked.
import type { ReactNode } from 'react';
import type { DistfileSelection } from '../../../shared/contract/distfiles.ts';
import { useAnswer } from '../connection/context.tsx';
import { kindWord, sourceName } from '../derive/distfile-view.ts';

export function SourceOrder(props: { selection: DistfileSelection; name: string }): ReactNode {
  const { selection, name } = props;
  const { value } = useAnswer(`sources of ${name} ${JSON.stringify(selection)}`, (client, signal) =>
    client.distfiles.sources({ ...selection, names: [name] }, { signal }),
  );
  const sources = value?.find((one) => one.name === name)?.sources;
  if (sources === undefined) return null;
  return (
    <section className="detail-part" aria-label="Sources">
      <h3>
        {sources.length === 0
          ? 'No source is left to ask: turn some on in the settings below the list'
          : 'Sources, in the order in which they are asked'}
      </h3>
      <ol className="tried">
        {sources.map((source) => (
          <li key={`${source.kind} ${source.at}`}>
            <p className="tried-head">
              <span>{sourceName(source)}</span>
              <span className="muted">{kindWord(source.kind)}</span>
            </p>
            <p className="tried-at path">{source.at}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
