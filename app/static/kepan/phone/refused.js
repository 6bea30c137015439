// A refusal beside what was typed: the form stays as it is, and gets what the answer says about it.
const MESSAGES = '.form-alert, .fi-err, .fi-help';
const STATES = ['aria-invalid', 'aria-describedby'];

function rowOf(field) {
  return field.closest('.cell, .tick, .portrait');
}

function copyState(field, answered) {
  STATES.forEach((name) => {
    if (answered.hasAttribute(name)) field.setAttribute(name, answered.getAttribute(name));
    else field.removeAttribute(name);
  });
  const row = rowOf(field);
  const rowAnswered = rowOf(answered);
  if (row && rowAnswered) row.classList.toggle('err', rowAnswered.classList.contains('err'));
}

/** Put each message of the answer after the element that it follows there. */
function copyMessages(form, answered) {
  form.querySelectorAll(MESSAGES).forEach((one) => one.remove());
  answered.querySelectorAll(MESSAGES).forEach((message) => {
    const field = answered.querySelector(`[aria-describedby~="${message.id}"]`);
    const here = message.id && field && form.querySelector(`#${CSS.escape(field.id)}`);
    if (here && rowOf(here)) rowOf(here).after(message);
    else if (message.matches('.form-alert')) form.prepend(message);
  });
}

/** Show what the answered page refuses; false if it has no such form. */
export function showRefusal(form, page) {
  const answered = page.querySelector('form[data-form][method=post]');
  if (!answered || !answered.querySelector('.form-alert, [aria-invalid]')) return false;
  Array.from(form.elements).forEach((field) => {
    const same = field.id && answered.querySelector(`#${CSS.escape(field.id)}`);
    if (same) copyState(field, same);
  });
  copyMessages(form, answered);
  const first = form.querySelector('[aria-invalid=true]') || form.querySelector('.form-alert');
  first.focus();
  first.scrollIntoView({block: 'center'});
  return true;
}
