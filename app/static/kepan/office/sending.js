// Forms that are sent without leaving the page: the server answers a refusal with the form, a success with an address.
import {fetchFragment} from './fragments.js';
import {text} from './text.js';

const SIGN_IN = /\/login\/?$/;

/** A page that stayed open for long: its token has ended, that of a new page is taken. */
async function renewToken(form) {
  const page = await fetchFragment(window.location.pathname + window.location.search);
  form.elements.csrf_token.value = page.querySelector('[name=csrf_token]').value;
}

/** Send a form; the answer is {isTaken}, or {page}, the page that says why not. */
export async function send(form, isAgain = false) {
  const answer = await fetch(form.action, {
    method: 'POST',
    body: new FormData(form),
    credentials: 'same-origin',
    headers: {'X-Kepan-Form': '1', Accept: 'text/html'},
  });
  if (answer.status === 400 && !isAgain) {
    await renewToken(form);
    return send(form, true);
  }
  const next = answer.headers.get('X-Kepan-Next');
  if (next && SIGN_IN.test(new URL(next, window.location.href).pathname)) throw new Error(text.signed_out);
  if (next) return {isTaken: true};
  return {isTaken: false, page: new DOMParser().parseFromString(await answer.text(), 'text/html')};
}

/** The sentence of a page that refused; errors of fields are shown beside them. */
export function reasonOf(page) {
  const found = page.querySelector('.form-alert span, .err-text, .err-title');
  return found ? found.textContent.trim() : '';
}
