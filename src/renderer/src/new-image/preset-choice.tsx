// The presets as cards: what each is for, and what it needs.
import type { ReactNode } from 'react';
import { Label, RadioButton, RadioField, RadioGroup } from 'react-aria-components';
import type { ImagePreset } from '../../../shared/model/image-preset.ts';

const NEEDS = [
  { id: 'time', text: 'Time' },
  { id: 'size', text: 'Space' },
  { id: 'memory', text: 'Memory' },
  { id: 'network', text: 'Network' },
] as const;

export function PresetChoice(props: {
  presets: readonly ImagePreset[];
  chosen: ImagePreset | null;
  onChoose: (id: string) => void;
}): ReactNode {
  const { chosen } = props;
  return (
    <>
      <RadioGroup className="presets" value={chosen?.id ?? null} onChange={props.onChoose}>
        <Label className="visually-hidden">What the image is for</Label>
        {props.presets.map(({ id, name, summary }) => (
          <RadioField key={id} value={id}>
            <RadioButton className="preset">
              <span className="radio-dot" aria-hidden="true" />
              <span className="preset-words">
                <span className="option-title">{name}</span>
                <span className="option-text">{summary}</span>
              </span>
            </RadioButton>
          </RadioField>
        ))}
      </RadioGroup>
      {chosen === null ? null : (
        <dl className="preset-needs" aria-label="What it needs">
          {NEEDS.map(({ id, text }) => (
            <div key={id}>
              <dt>{text}</dt>
              <dd>{chosen.needs[id]}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
