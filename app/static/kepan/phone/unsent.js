// Typed text is not lost: leaving a form asks first, and without the server's answer all stays as it is (CH-32).
import {keepSent, keepTyped} from '../shared/draft.js';
import {ask} from './confirm.js';
import {showRefusal} from './refused.js';

const form = document.querySelector('form[data-form][method=post]');
const texts = document.body.dataset;
const PROBE_MS = 8000;
const ANSWER_MS = 60000; // a photo on a slow network

function contents() {
  const parts = Array.from(new FormData(form));
  return JSON.stringify(parts.map(([name, value]) => [name, value.name ?? value]));
}

function showNote(text) {
  const place = document.querySelector('.flashes');
  const note = document.createElement('p');
  place.querySelector('[data-offline]')?.remove();
  note.className = 'flash flash-bad';
  note.dataset.offline = '';
  note.textContent = text;
  place.append(note);
  place.scrollIntoView({block: 'center'});
}

/** Whether the server answers: a phone may call itself online without being so. */
async function isReachable() {
  if (!navigator.onLine) return false;
  try {
    await fetch('/healthz', {cache: 'no-store', signal: AbortSignal.timeout(PROBE_MS)});
    return true;
  } catch {
    return false;
  }
}

/** A button beside a field (a code by SMS, a search) leads to the form's next page by itself. */
function isOfAField(button) {
  return Boolean(button && button.name && button.name !== 'then');
}

function sendByBrowser(button) {
  form.dataset.reached = '1';
  form.requestSubmit(button);
}

async function post(button) {
  const data = new FormData(form);
  if (button && button.name) data.append(button.name, button.value);
  return fetch(form.action, {
    method: 'POST',
    body: form.enctype === 'multipart/form-data' ? data : new URLSearchParams(data),
    headers: {'X-Kepan-Form': '1'},
    signal: AbortSignal.timeout(ANSWER_MS),
  });
}

/** Send the form; only the server's word that it is done gives up what was typed. */
async function sendByScript(button) {
  keepTyped(form);
  const answer = await post(button);
  const next = answer.headers.get('X-Kepan-Next');
  if (next) {
    form.dataset.sent = '1';
    keepSent(form);
    location.assign(next);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (showRefusal(form, page)) document.querySelector('p[data-offline]')?.remove();
  else if (answer.status >= 500) showNote(texts.failed);
  else sendByBrowser(button);
}

async function send(event) {
  if (form.dataset.reached) {
    delete form.dataset.reached;
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  if (form.dataset.sending || form.dataset.sent) return;
  form.dataset.sending = '1';
  const button = event.submitter;
  try {
    if (!isOfAField(button)) await sendByScript(button);
    else if (await isReachable()) sendByBrowser(button);
    else throw new TypeError('no connection');
  } catch {
    keepTyped(form);
    showNote(texts.offline);
  } finally {
    delete form.dataset.sending;
  }
}

function guardForm() {
  const before = contents();
  let mayLeave = false;
  const isTyped = () => !mayLeave && !form.dataset.sent && contents() !== before;

  function askBeforeLeaving(event) {
    const link = event.target.closest('a[href]');
    if (!link || link.target || link.protocol !== location.protocol || !isTyped()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(texts.leave, texts.leaveYes, () => {
      mayLeave = true;
      link.click();
    });
  }

  document.addEventListener('click', askBeforeLeaving, true);
  window.addEventListener('beforeunload', (event) => {
    if (isTyped()) event.preventDefault();
  });
  form.addEventListener('submit', send);
}

if (form && !document.querySelector('.enter')) guardForm();
