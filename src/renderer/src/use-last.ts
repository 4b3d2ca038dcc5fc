// The last answer, while a question is asked again: what is shown stays, and open folds stay open.
import { useState } from 'react';

export function useLast<T>(value: T | null): T | null {
  const [last, setLast] = useState(value);
  if (value !== null && value !== last) setLast(value);
  return value ?? last;
}
