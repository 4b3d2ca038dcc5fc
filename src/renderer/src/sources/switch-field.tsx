// Something that is on or off, with its words beside it.
import type { ReactNode } from 'react';
import { SwitchButton, SwitchField as AriaSwitchField, Text } from 'react-aria-components';

export function SwitchField(props: {
  label: string;
  help?: string;
  value: boolean;
  disabled?: boolean;
  onChange: (value: boolean) => void;
}): ReactNode {
  return (
    <AriaSwitchField
      className="switch-field"
      isSelected={props.value}
      isDisabled={props.disabled ?? false}
      onChange={props.onChange}
    >
      <SwitchButton className="switch">
        <span className="switch-track" aria-hidden="true" />
        <span>{props.label}</span>
      </SwitchButton>
      {props.help === undefined ? null : (
        <Text slot="description" className="help">
          {props.help}
        </Text>
      )}
    </AriaSwitchField>
  );
}
