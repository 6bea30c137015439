// Typed text is not lost: leaving a form asks first, and without a connection nothing is sent and all stays.
import {keepTyped} from '../shared/draft.js';
import {ask} from './confirm.js';

const form = document.querySelector('form[data-form][method=post]');
const texts = document.body.dataset;
const PROBE_MS = 8000;

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

async function sendIfReachable(event) {
  if (form.dataset.reached) {
    delete form.dataset.reached;
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  if (form.dataset.probing) return;
  form.dataset.probing = '1';
  const reached = await isReachable();
  delete form.dataset.probing;
  if (reached) {
    form.dataset.reached = '1';
    form.requestSubmit(event.submitter);
  } else {
    keepTyped(form);
    showNote(texts.offline);
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
  form.addEventListener('submit', sendIfReachable);
}

if (form && !document.querySelector('.enter')) guardForm();
