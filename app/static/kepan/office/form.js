// Forms: where the cursor starts, Ctrl-Enter saves, and a question before text that is not saved is lost (OFF-2).
import {onContent} from '../shared/content.js';
import {applyConditions} from './conditions.js';
import {isInDrawer, isTouch, onEvent} from './dom.js';
import {focusOn} from './focus.js';
import {offerToFrames} from './frames.js';
import {isBusy} from './submit.js';

const WRONG = '.has-error input, .has-error select, .has-error textarea';
const FIRST = [
  '.fi:not([hidden]) input:not([type=hidden]):not([data-date]):not([type=checkbox])',
  '.fi:not([hidden]) textarea',
].join(', ');
const CONTROL = '.fi-ctl input:not([type=hidden]), .fi-ctl select, .fi-ctl textarea, .fi-ctl [role=radiogroup]';
const FORMS = 'form[data-form], form[data-box]';
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

function isEmpty(control) {
  if (control.getAttribute('role') === 'radiogroup') return !control.querySelector(':checked');
  return !control.readOnly && !control.disabled && !control.value;
}

/** The first field that has to be filled in and is not yet, a chooser too; else the first empty text. */
function firstField(form) {
  const required = Array.from(form.querySelectorAll('.fi:not([hidden])'))
    .filter((row) => row.querySelector('[aria-required=true], .req:not([hidden])'))
    .map((row) => row.querySelector(CONTROL))
    .find((control) => control && isEmpty(control));
  const text = form.querySelector(FIRST);
  return required || (text && isEmpty(text) ? text : null);
}

function placeCursor(form) {
  const wrong = form.querySelector(WRONG);
  if (wrong) focusOn(wrong);
  else if (!isTouch()) focusOn(firstField(form), {scrolls: false});
}

/** Ctrl-Enter sends the form as its first button does; with Shift another new record begins. */
function save(event, form) {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const buttons = form.querySelectorAll('.form-bar [type=submit]');
  event.preventDefault();
  form.requestSubmit((event.shiftKey && buttons[1]) || buttons[0]);
}

function start(form) {
  applyConditions(form);
  form.addEventListener('change', () => applyConditions(form));
  form.addEventListener('kepan:change', () => applyConditions(form));
  initialContents.set(form, contentOf(form));
  placeCursor(form);
}

onEvent('keydown', FORMS, save);
onContent((root) => root.querySelectorAll(FORMS).forEach(start));
offerToFrames({hasUnsavedText});
window.addEventListener('beforeunload', (event) => {
  if (isInDrawer || !hasUnsavedText()) return;
  event.preventDefault();
  event.returnValue = '';
});
