import { createRoot } from 'react-dom/client';

export function render(element, into) {
  createRoot(into).render(element);
}
