// A form is sent once: a button that was pressed twice would enter a customer twice. Some forms ask first.
import {ask} from './confirm.js';

/** Buttons that wait for their time (countdown.js) keep their own state. */
function setDisabled(form, isDisabled) {
  form.querySelectorAll('button:not([data-wait])').forEach((button) => {
    button.disabled = isDisabled;
  });
}

export function sendForm(form) {
  if (form.requestSubmit) form.requestSubmit();
  else form.submit();
}

function askFirst(form) {
  const button = form.querySelector('.btn') || form.querySelector('[type=submit]');
  ask(form.dataset.sure, button.textContent, () => {
    form.dataset.asked = '1';
    sendForm(form);
  });
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  const isNamedButton = event.submitter && event.submitter.name;
  if (form.dataset.sure && !form.dataset.asked && !isNamedButton) {
    event.preventDefault();
    askFirst(form);
  } else if (form.dataset.sent) {
    event.preventDefault();
  } else {
    form.dataset.sent = '1';
    setTimeout(() => setDisabled(form, true), 0); // after the browser has read the button's value
  }
});
// Back from another page: the form can be sent again.
window.addEventListener('pageshow', () => {
  document.querySelectorAll('form[data-sent]').forEach((form) => {
    delete form.dataset.sent;
    setDisabled(form, false);
  });
});
