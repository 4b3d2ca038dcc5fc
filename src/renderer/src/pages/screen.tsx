// What the boot check said on a real machine's screen, typed by hand: explained, with what was put right.
import { type ReactNode, useState } from 'react';
import { MARK_SIGNS, MARK_WORDS } from '../../../shared/model/paper.ts';
import type { ScreenReading } from '../../../shared/model/bare-metal.ts';
import { Button, PageLink } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { ChoiceField, WordsField } from '../components/fields.tsx';
import { Badge } from '../components/status.tsx';
import { useAnswer, useImages } from '../connection/context.tsx';
import type { Tone } from '../derive/run-view.ts';
import { replaceRoute } from '../use-route.ts';
import { Page } from './page.tsx';

/** Kept in the address, so that a reload loses nothing; a screen has 2000 characters. */
const LONGEST_TYPED = 4000;
const OUTCOMES: Record<ScreenReading['outcome'], { word: string; tone: Tone }> = {
  passed: { word: 'Passed', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  unfinished: { word: 'No verdict', tone: 'warn' },
  'not-a-boot-check': { word: 'Something else', tone: 'warn' },
};

export function ScreenPage({ typed, image }: { typed: string | null; image: string | null }): ReactNode {
  const [text, setText] = useState(typed ?? '');
  const images = (useImages().value ?? []).filter(({ record }) => record.kind === 'boot-check');
  const choices = [
    { id: 'none', text: 'Not held against an image' },
    ...images.map(({ id }) => ({ id, text: id })),
  ];
  return (
    <Page
      title="What the screen said"
      lead="Type what the boot check printed on the real machine, mistakes and all. The last line is enough; the memory line helps."
      back={{ to: { page: 'explain', log: null }, text: 'Explain a log' }}
    >
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          replaceRoute({ page: 'screen', typed: text.slice(0, LONGEST_TYPED), image });
        }}
      >
        <WordsField
          label="The screen"
          help="Line by line, or only “verdict: …”. Rows that the screen cut at 80 columns are put together."
          lines={9}
          value={text}
          onChange={setText}
        />
        <ChoiceField
          label="The boot check that was started"
          help="Sizes and sums of its entries are then held against what you typed."
          value={image ?? 'none'}
          choices={choices}
          onChange={(id) => replaceRoute({ page: 'screen', typed, image: id === 'none' ? null : id })}
        />
        <div className="card-actions start">
          <Button kind="primary" icon="search" submits disabled={text.trim() === ''}>
            Explain
          </Button>
        </div>
      </form>
      {typed === null || typed === '' ? null : <Reading key={typed} typed={typed} image={image} />}
    </Page>
  );
}

function Reading({ typed, image }: { typed: string; image: string | null }): ReactNode {
  const { value, error } = useAnswer(`screen ${image ?? ''} ${typed}`, (client, signal) =>
    client.bareMetal.explainScreen({ text: typed, image: image === null ? null : { id: image } }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  if (value === null) return <Waiting>Reading what was typed</Waiting>;
  const { word, tone } = OUTCOMES[value.outcome];
  return (
    <>
      <section className={`card verdict ${tone}`} aria-label="Explanation">
        <p className="verdict-line">
          <Badge tone={tone}>{word}</Badge>
        </p>
        <p className="sentence">{value.sentence}</p>
        <p>{value.hint}</p>
        {value.outcome === 'passed' ? (
          <p>
            <PageLink to={{ page: 'images' }}>Choose the image</PageLink> that comes next, and open its
            checklist.
          </p>
        ) : null}
      </section>
      {value.findings.length === 0 ? null : <Findings reading={value} />}
      {value.unread.length === 0 ? null : (
        <section aria-label="Not understood">
          <h2>Not understood</h2>
          <ul>
            {value.unread.map((line, index) => (
              <li key={`${index} ${line}`} className="path">
                {line}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Findings({ reading }: { reading: ScreenReading }): ReactNode {
  return (
    <section className="card paper-section" aria-label="Point by point">
      <ul className="paper-items">
        {reading.findings.map(({ point, mark, title, text, takenFor }) => (
          <li key={point} className={`paper-item ${mark}`}>
            <span className="paper-sign">
              <span aria-hidden="true">{MARK_SIGNS[mark]}</span>
              <span className="visually-hidden">{MARK_WORDS[mark]}: </span>
            </span>
            <div className="paper-words">
              <p>{title}</p>
              <p className="muted">{text}</p>
              {takenFor === '' ? null : (
                <p className="muted">
                  Taken for: <span className="path">{takenFor}</span>
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
