// Forms that post: some ask first, and each is sent once.
import {ask} from './confirm.js';

const BUSY_MS = 15000;
const DOWNLOAD_MS = 3000; // the page stays, the file comes
const busyForms = new WeakSet();
const confirmedForms = new WeakSet();

export function isBusy(form) {
  return busyForms.has(form);
}

/** The form may be sent again. */
export function setIdle(form, button) {
  busyForms.delete(form);
  if (!button) return;
  button.classList.remove('is-busy');
  button.removeAttribute('aria-disabled');
}

function setBusy(form, button) {
  busyForms.add(form);
  if (button) {
    button.classList.add('is-busy');
    button.setAttribute('aria-disabled', 'true');
  }
  setTimeout(() => setIdle(form, button), button && 'download' in button.dataset ? DOWNLOAD_MS : BUSY_MS);
}

/** Whether a required field is empty: what is refused anyway is not asked about first. */
function isIncomplete(form) {
  return Array.from(form.querySelectorAll('[aria-required=true]')).some(
    (field) => !field.closest('[hidden]') && 'value' in field && !field.value.trim(),
  );
}

function askAndSend(form, button) {
  ask(form.dataset.ask).then((yes) => {
    if (!yes) return;
    confirmedForms.add(form);
    form.requestSubmit(button && button.form === form ? button : undefined);
  });
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.method !== 'post') return;
  if (isBusy(form)) {
    event.preventDefault();
    return;
  }
  if (form.dataset.ask && !confirmedForms.has(form) && !isIncomplete(form)) {
    event.preventDefault();
    askAndSend(form, button);
    return;
  }
  confirmedForms.delete(form);
  setBusy(form, button);
});

// Back out of the browser's memory: everything works again.
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  document.querySelectorAll('form').forEach((form) => setIdle(form));
  document.querySelectorAll('.is-busy').forEach((button) => {
    button.classList.remove('is-busy');
    button.removeAttribute('aria-disabled');
  });
});
