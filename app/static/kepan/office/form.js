// Forms: where the cursor starts, and a question before text that is not saved is lost.
import {onContent} from '../shared/content.js';
import {applyConditions} from './conditions.js';
import {isInDrawer, isTouch} from './dom.js';
import {focusOn} from './focus.js';
import {offerToFrames} from './frames.js';
import {isBusy} from './submit.js';

const WRONG = '.has-error input, .has-error select, .has-error textarea';
const FIRST = [
  '.fi:not([hidden]) input:not([type=hidden]):not([data-date]):not([type=checkbox])',
  '.fi:not([hidden]) textarea',
].join(', ');
const FORMS = 'form[data-form]';
const initialContents = new WeakMap();

function contentOf(form) {
  return Array.from(new FormData(form))
    .filter(([name]) => name !== 'csrf_token')
    .map(([name, value]) => `${name}=${value instanceof File ? value.name : value}`)
    .join('&');
}

function isUnsaved(form) {
  if (isBusy(form) || !initialContents.has(form)) return false;
  return 'changed' in form.dataset || contentOf(form) !== initialContents.get(form);
}

/** Whether a form of the page has something that leaving it would lose. */
export function hasUnsavedText() {
  return Array.from(document.querySelectorAll(FORMS)).some(isUnsaved);
}

/** Leaving was agreed to: nothing is asked again. */
export function forgetTyped() {
  document.querySelectorAll(FORMS).forEach((form) => initialContents.delete(form));
}

function placeCursor(form) {
  const wrong = form.querySelector(WRONG);
  if (wrong) {
    focusOn(wrong);
  } else if (!isTouch()) {
    const first = form.querySelector(FIRST);
    if (first && !first.readOnly && !first.value) first.focus({preventScroll: true});
  }
}

function start(form) {
  applyConditions(form);
  form.addEventListener('change', () => applyConditions(form));
  form.addEventListener('kepan:change', () => applyConditions(form));
  initialContents.set(form, contentOf(form));
  placeCursor(form);
}

onContent((root) => root.querySelectorAll(FORMS).forEach(start));
offerToFrames({hasUnsavedText});
window.addEventListener('beforeunload', (event) => {
  if (isInDrawer || !hasUnsavedText()) return;
  event.preventDefault();
  event.returnValue = '';
});
