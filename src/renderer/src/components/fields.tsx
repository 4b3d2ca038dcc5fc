// Form fields with label and help.
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Group,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  NumberField as AriaNumberField,
  Popover,
  Select,
  SelectValue,
  Text,
  TextArea,
  TextField,
} from 'react-aria-components';
import { Icon } from './icons.tsx';

export function ChoiceField<T extends string>(props: {
  label: string;
  help?: string;
  value: T;
  choices: readonly { id: T; text: string }[];
  onChange: (value: T) => void;
}): ReactNode {
  return (
    <Select
      className="field"
      value={props.value}
      onChange={(key) => {
        const chosen = props.choices.find(({ id }) => id === key);
        if (chosen !== undefined) props.onChange(chosen.id);
      }}
    >
      <Label>{props.label}</Label>
      <AriaButton className="select-button">
        <SelectValue />
        <Icon name="chevron" size={14} />
      </AriaButton>
      {props.help === undefined ? null : <Text slot="description">{props.help}</Text>}
      <Popover className="popover">
        <ListBox className="options">
          {props.choices.map(({ id, text }) => (
            <ListBoxItem key={id} id={id} className="option" textValue={text}>
              {text}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

export function NumberField(props: {
  label: string;
  help?: string;
  unit: string;
  value: number;
  least: number;
  most: number;
  step?: number;
  onChange: (value: number) => void;
}): ReactNode {
  return (
    <AriaNumberField
      className="field"
      value={props.value}
      minValue={props.least}
      maxValue={props.most}
      step={props.step ?? 1}
      formatOptions={{ useGrouping: false }}
      onChange={(value) => (Number.isNaN(value) ? undefined : props.onChange(value))}
    >
      <Label>{`${props.label} (${props.unit})`}</Label>
      <Group className="number-group">
        <AriaButton slot="decrement" className="step-button">
          −
        </AriaButton>
        <Input className="input" />
        <AriaButton slot="increment" className="step-button">
          +
        </AriaButton>
      </Group>
      {props.help === undefined ? null : <Text slot="description">{props.help}</Text>}
    </AriaNumberField>
  );
}

export function WordsField(props: {
  label: string;
  help?: string;
  lines: number;
  value: string;
  onChange: (value: string) => void;
}): ReactNode {
  return (
    <TextField className="field" value={props.value} onChange={props.onChange}>
      <Label>{props.label}</Label>
      {props.lines > 1 ? <TextArea className="input" rows={props.lines} /> : <Input className="input" />}
      {props.help === undefined ? null : <Text slot="description">{props.help}</Text>}
    </TextField>
  );
}
