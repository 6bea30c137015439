// Copy buttons: what is shown goes to the clipboard; a masked number stays masked.
import {make, onEvent} from './dom.js';
import {text} from './text.js';
import {showToast} from './toast.js';

/** Without HTTPS a browser has no clipboard of its own: the old way, by a selected field. */
function copyBySelection(content) {
  const field = make('textarea', 'sr-only');
  field.value = content;
  document.body.append(field);
  field.select();
  const isDone = document.execCommand('copy');
  field.remove();
  if (!isDone) throw new Error('copy');
}

async function toClipboard(content) {
  if (navigator.clipboard) await navigator.clipboard.writeText(content);
  else copyBySelection(content);
}

/** Copy, and say whether it worked. */
export function copy(content) {
  return toClipboard(content)
    .then(() => showToast(text.copied))
    .catch(() => showToast(text.copy_failed, 'danger'));
}

onEvent('click', '[data-copy]', (event, button) => copy(button.dataset.copy));
