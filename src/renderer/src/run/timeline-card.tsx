// The timeline beside the log: stages, in each its steps. A step leads to its place in the log, and the one that the log shows is marked.
import { memo, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { RunSnapshot } from '../../../shared/model/run.ts';
import type { Timeline, TimelineStage, TimelineStep } from '../../../shared/model/timeline.ts';
import { Icon, type IconName } from '../components/icons.tsx';
import { useAnswer } from '../connection/context.tsx';
import type { Tone } from '../derive/run-view.ts';
import {
  stageNote,
  stageOfNow,
  stateTone,
  stepAt,
  stepNote,
  stepTitle,
  timelineKey,
} from '../derive/timeline-view.ts';
import { useLast } from '../use-last.ts';

const SIGNS: Record<Tone, IconName> = {
  good: 'check',
  busy: 'dot',
  bad: 'cross',
  warn: 'warning',
  quiet: 'clock',
};

/** Null until it is known. */
export function useTimeline(snapshot: RunSnapshot): Timeline | null {
  const { id } = snapshot.record;
  const { value } = useAnswer(`timeline ${id} ${timelineKey(snapshot)}`, (client, signal) =>
    client.run.timeline({ run: id }, { signal }),
  );
  return useLast(value);
}

interface TimelineProps {
  timeline: Timeline;
  /** What the log shows; null while it follows its end. */
  placeBytes: number | null;
  onJump: (offsetBytes: number) => void;
}

export const TimelineList = memo(function TimelineList(props: TimelineProps): ReactNode {
  const { timeline, placeBytes, onJump } = props;
  const shown = useMemo(
    () => (placeBytes === null ? null : stepAt(timeline, placeBytes)),
    [timeline, placeBytes],
  );
  const shownStage = timeline.steps.find(({ id }) => id === shown)?.stage ?? null;
  const now = shownStage ?? stageOfNow(timeline);
  const [touched, setTouched] = useState<ReadonlyMap<string, boolean>>(new Map());
  return (
    <ol className="stages" aria-label="Stages">
      {timeline.stages.map((stage) => (
        <Stage
          key={stage.id}
          stage={stage}
          steps={timeline.steps.filter((step) => step.stage === stage.id)}
          open={touched.get(stage.id) ?? stage.id === now}
          shown={shown}
          onToggle={(open) => setTouched(new Map(touched).set(stage.id, open))}
          onJump={onJump}
        />
      ))}
    </ol>
  );
});

function Stage(props: {
  stage: TimelineStage;
  steps: readonly TimelineStep[];
  open: boolean;
  shown: string | null;
  onToggle: (open: boolean) => void;
  onJump: (offsetBytes: number) => void;
}): ReactNode {
  const { stage, steps, open, onJump } = props;
  const { startOffset } = stage;
  const words = (
    <>
      <Sign state={stage.state} />
      <span className="stage-label">{stage.label}</span>
      <span className="stage-note">{stageNote(stage)}</span>
    </>
  );
  const className = `stage-line ${stage.state}`;
  return (
    <li>
      {steps.length > 0 ? (
        <button
          type="button"
          className={className}
          aria-expanded={open}
          onClick={() => props.onToggle(!open)}
        >
          {words}
        </button>
      ) : startOffset === null ? (
        <span className={className}>{words}</span>
      ) : (
        <button type="button" className={className} onClick={() => onJump(startOffset)}>
          {words}
        </button>
      )}
      {open && steps.length > 0 ? (
        <ol className="steps" aria-label={`Steps of ${stage.label}`}>
          {steps.map((step) => (
            <Step key={step.id} step={step} isShown={step.id === props.shown} onJump={onJump} />
          ))}
        </ol>
      ) : null}
    </li>
  );
}

const Step = memo(function Step(props: {
  step: TimelineStep;
  isShown: boolean;
  onJump: (offsetBytes: number) => void;
}): ReactNode {
  const { step, isShown, onJump } = props;
  const { startOffset, state } = step;
  const element = useRef<HTMLLIElement | null>(null);
  const isNow = isShown || state === 'running' || state === 'failed';
  useEffect(() => {
    if (isNow) bringIntoList(element.current);
  }, [isNow]);
  const note = stepNote(step);
  const words = (
    <>
      <Sign state={state} />
      <span className="step-words">
        <span>{stepTitle(step)}</span>
        {note === '' ? null : <span className="stage-note">{note}</span>}
      </span>
    </>
  );
  return (
    <li ref={element} {...(isShown ? { 'aria-current': 'location' as const } : {})}>
      {startOffset === null ? (
        <span className={`step-line ${state}`}>{words}</span>
      ) : (
        <button type="button" className={`step-line ${state}`} onClick={() => onJump(startOffset)}>
          {words}
        </button>
      )}
    </li>
  );
});

/** Scrolls the list, never the page: the reader may be at the log. */
function bringIntoList(item: HTMLElement | null): void {
  const list = item?.closest('.stages');
  if (item === null || list === null || list === undefined) return;
  const [inner, outer] = [item.getBoundingClientRect(), list.getBoundingClientRect()];
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}

const STATE_WORDS: Record<TimelineStep['state'], string> = {
  waiting: 'to come',
  running: 'running',
  done: 'done',
  prebuilt: 'done',
  failed: 'failed',
  unseen: 'unknown',
};

function Sign({ state }: { state: TimelineStep['state'] }): ReactNode {
  return (
    <span className={`stage-sign ${stateTone(state)}`}>
      <Icon name={SIGNS[stateTone(state)]} size={14} />
      <span className="visually-hidden">{STATE_WORDS[state]}:</span>
    </span>
  );
}
