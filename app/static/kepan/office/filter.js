// Filters of a list: nothing empty goes into the address; more fields on request.
import {onEvent} from './dom.js';
import {castShadows} from './table.js';

document.addEventListener('submit', (event) => {
  if (!event.target.matches('[data-filter]')) return;
  event.target.querySelectorAll('input, select').forEach((field) => {
    if (field.name && !field.value) field.disabled = true;
  });
});

/** The fields may be used again: the form was sent, and the page is still there. */
export function enableFields() {
  document.querySelectorAll('[data-filter] :disabled').forEach((field) => {
    field.disabled = false;
  });
}

window.addEventListener('pageshow', enableFields);
onEvent('click', '[data-filter-toggle]', (event, button) => {
  const filter = button.closest('.filter');
  const isBrief = filter.classList.contains('is-brief');
  const isOpen = isBrief || filter.classList.toggle('open');
  filter.classList.remove('is-brief');
  button.setAttribute('aria-expanded', String(isOpen));
  castShadows();
});
