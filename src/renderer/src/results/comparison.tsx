// Two runs side by side: by output, and by time a step.
import type { ReactNode } from 'react';
import type { RunSummary } from '../../../shared/model/run.ts';
import type { RunComparison, StepComparison } from '../../../shared/model/results.ts';
import { formatDuration } from '../../../shared/units.ts';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { ChoiceField } from '../components/fields.tsx';
import { Fold } from '../components/overlays.tsx';
import { useAnswer, useRuns } from '../connection/context.tsx';
import { comparisonSentence } from '../derive/results-view.ts';
import { goalTitle, isLive } from '../derive/run-view.ts';
import { formatMoment, shortHash } from '../derive/text.ts';

const NOBODY = 'none';

export function Comparison(props: {
  run: string;
  other: string | null;
  onChange: (other: string | null) => void;
}): ReactNode {
  const { run, other, onChange } = props;
  const runs = useRuns().value ?? [];
  const choices = runs.filter(({ id, state, goal }) => id !== run && !isLive(state) && goal !== 'boot-check');
  if (choices.length === 0) return null;
  return (
    <section aria-labelledby="comparison">
      <h2 id="comparison">Compared with another run</h2>
      <ChoiceField
        label="Other run"
        value={choices.some(({ id }) => id === other) ? (other ?? NOBODY) : NOBODY}
        choices={[
          { id: NOBODY, text: 'None' },
          ...choices.map((one) => ({ id: one.id, text: runWords(one) })),
        ]}
        onChange={(id) => onChange(id === NOBODY ? null : id)}
      />
      {other === null ? null : <Compared key={other} a={run} b={other} />}
    </section>
  );
}

function runWords(run: RunSummary): string {
  return `${goalTitle(run.goal)}, ${formatMoment(run.startedAt ?? run.createdAt)}`;
}

function Compared({ a, b }: { a: string; b: string }): ReactNode {
  const { value, error } = useAnswer(`compare ${a} ${b}`, (client, signal) =>
    client.results.compare({ a, b }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  if (value === null) return <Waiting>Comparing</Waiting>;
  const different = value.outputs.filter(({ verdict }) => verdict !== 'same' && verdict !== 'unknown');
  return (
    <>
      <p role="status">{comparisonSentence(value)}</p>
      <Inputs comparison={value} />
      {value.firstDifference === null ? null : (
        <p>
          The first that differs, by the manifest: <code>{value.firstDifference.name}</code>. What comes later
          may follow from it.
        </p>
      )}
      {different.length === 0 ? null : (
        <Fold title="What differs" summary={`${different.length}`} open>
          <ul className="lines" aria-label="Outputs that differ">
            {different.map((one) => (
              <li key={`${one.name} ${one.pass}`}>
                <code>{one.name}</code> {hashWords(one.a)} here, {hashWords(one.b)} there
              </li>
            ))}
          </ul>
        </Fold>
      )}
      {value.steps.length === 0 ? null : (
        <Fold title="Times of the steps" summary={`${value.steps.length}`}>
          <ul className="lines" aria-label="Times of the steps">
            {value.steps.map((step) => (
              <li key={step.id}>
                {step.title}: {timeWords(step)}
              </li>
            ))}
          </ul>
        </Fold>
      )}
    </>
  );
}

function Inputs({ comparison }: { comparison: RunComparison }): ReactNode {
  if (comparison.sameInputs) return null;
  return (
    <ul className="lines" aria-label="What differs between the inputs">
      {comparison.inputDifferences.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function hashWords(hash: string | null): string {
  return hash === null ? 'nothing' : `${shortHash(hash)}…`;
}

function timeWords({ aMilliseconds, bMilliseconds }: StepComparison): string {
  const words = (time: number | null): string => (time === null ? 'not known' : formatDuration(time));
  return `${words(aMilliseconds)} here, ${words(bMilliseconds)} there`;
}
