// A field that says while one types whether what it holds is taken already (OFF-2): data-look-up is where to ask.
import {make, onEvent} from './dom.js';
import {text} from './text.js';

const PAUSE_MS = 500;
const COMPLETE = /(?:\d[^\d]*){11}$/; // a whole number; anything else is asked about when the field is left
const NUMBER = 'phone';
const OF_IT = ['csrf_token', 'pool', 'owner_id', 'handler_id', 'department_id', 'into_pool']; // whose number it would be
const asked = new WeakMap(); // field → what was asked last
const waiting = new WeakMap();

function noteOf(field) {
  const place = field.closest('.fi-ctl');
  const known = place.querySelector('.fi-note');
  if (known) return known;
  const note = make('div', 'fi-note');
  note.setAttribute('role', 'status');
  place.appendChild(note);
  return note;
}

function show(field, {message, url}) {
  const note = noteOf(field);
  note.replaceChildren(message || '');
  if (!url) return;
  const link = make('a', '', text.show);
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener';
  note.append(' ', link);
}

/** Ask with what the form holds now, once for the same contents. */
async function ask(field) {
  clearTimeout(waiting.get(field));
  const typed = new FormData(field.form);
  const body = new URLSearchParams([...OF_IT, field.name].filter((name) => typed.has(name)).map((name) => [name, typed.get(name)]));
  const key = body.toString();
  if (asked.get(field) === key) return;
  asked.set(field, key);
  if (!field.value.trim()) {
    show(field, {});
    return;
  }
  try {
    const answer = await fetch(field.dataset.lookUp, {method: 'POST', credentials: 'same-origin', body});
    const found = answer.ok ? await answer.json() : {};
    if (asked.get(field) === key) show(field, found);
  } catch {
    asked.delete(field); // without the server's answer saving will tell
  }
}

onEvent('input', '[data-look-up]', (event, field) => {
  clearTimeout(waiting.get(field));
  if (field.name === NUMBER && COMPLETE.test(field.value)) waiting.set(field, setTimeout(() => ask(field), PAUSE_MS));
});

function askAgain(event, form) {
  form.querySelectorAll('[data-look-up]').forEach((field) => {
    const isOfIt = field.name === NUMBER && OF_IT.includes(event.target.name); // it counts elsewhere now
    if (event.target === field || (isOfIt && asked.has(field))) ask(field);
  });
}

onEvent('change', 'form[data-form]', askAgain);
onEvent('kepan:change', 'form[data-form]', askAgain);
