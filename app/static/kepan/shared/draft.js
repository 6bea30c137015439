// What was typed and could not be taken, as the session had ended: it is there again when the form is, for the
// same person only. Phone numbers are not kept, and signing out clears it (ACC-18).
import {isPage, onContent} from './content.js';

const KEY = 'kepan-draft';
const ENTRANCE = '.is-login, .enter';
const SIGN_OUT = /\/(logout|sign-out-everywhere)\/?$/;
const DIGITS = /(\d[\s\-().]*){7}/;
const LIFETIME_MS = 30 * 60 * 1000;
const NEVER_KEPT = /^(password|file|hidden|submit|button)$/;
const person = document.querySelector('meta[name=kepan-person]')?.content || '';

/** The page's address, which changes without a new document. */
function address() {
  return location.pathname + location.search;
}

function readDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) || 'null');
  } catch {
    return null;
  }
}

/** Keep a draft; null forgets it. */
function keepDraft(draft) {
  try {
    if (draft) sessionStorage.setItem(KEY, JSON.stringify(draft));
    else sessionStorage.removeItem(KEY);
  } catch {
    // without storage it has to be typed again
  }
}

function isTickable(field) {
  return field.type === 'checkbox' || field.type === 'radio';
}

function isNumber(field) {
  return field.type === 'tel' || field.inputMode === 'tel' || DIGITS.test(field.value.normalize('NFKC'));
}

function typedFields(form) {
  return Array.from(form.elements)
    .filter((field) => field.name && !field.disabled && !NEVER_KEPT.test(field.type))
    .filter((field) => field.autocomplete !== 'one-time-code' && (isTickable(field) || (field.value && !isNumber(field))))
    .map((field) => (isTickable(field) ? [field.name, field.value, field.checked] : [field.name, field.value]));
}

function fillField(field, [, value, isTicked]) {
  if (isTicked !== undefined) {
    if (field.value === value) field.checked = isTicked;
  } else if (!field.value) {
    field.value = value;
  }
}

function fillForm(form, draft) {
  if (draft.once && form.elements.once) form.elements.once.value = draft.once;
  draft.fields.forEach((one) => {
    Array.from(form.elements)
      .filter((field) => field.name === one[0])
      .forEach((field) => fillField(field, one));
  });
}

/** After a refused form a draft waits through the sign-in, until the form is there again. */
function restore(draft) {
  const form = document.querySelector('form[data-form]');
  const wasRefused = document.querySelector('[data-unsent]');
  const isAtEntrance = document.querySelector(ENTRANCE);
  const isAnother = person && draft.who !== person;
  if (isAnother || Date.now() - draft.since > LIFETIME_MS || !(wasRefused || draft.wanted)) {
    keepDraft(null);
  } else if (isAtEntrance || (wasRefused && !form)) {
    keepDraft({...draft, wanted: true});
  } else {
    keepDraft(null);
    if (form && draft.at === address()) fillForm(form, draft);
  }
}

function draftOf(form) {
  const once = form.elements.once?.value; // the same form, sent again, acts once
  return {who: person, at: address(), since: Date.now(), fields: typedFields(form), once};
}

/** Without the server's answer the form stays as it is; opened again, it has what was typed. */
export function keepTyped(form) {
  if (person) keepDraft({...draftOf(form), wanted: true});
}

/** The next page tells whether it was taken: only a page that says no wants the draft. */
export function keepSent(form) {
  if (person) keepDraft(draftOf(form));
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  const target = event.submitter?.getAttribute('formaction') || form.getAttribute('action') || '';
  if (SIGN_OUT.test(target)) {
    keepDraft(null);
    return;
  }
  if (!form.matches('form[data-form]') || document.querySelector(ENTRANCE)) return;
  keepSent(form);
});
onContent((root) => {
  const kept = isPage(root) && readDraft();
  if (kept) restore(kept);
});
