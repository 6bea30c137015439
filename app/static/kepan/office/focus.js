// The cursor goes to a field, whatever the field is made of; the list of errors leads to each.
import {focusChooser, isChooser} from './choosers.js';
import {onEvent} from './dom.js';

export function focusOn(element, {scrolls = true} = {}) {
  if (!element) return;
  if (isChooser(element)) {
    if (scrolls) element.nextElementSibling.scrollIntoView({block: 'center'});
    focusChooser(element);
    return;
  }
  const isGroup = element.getAttribute('role') === 'radiogroup';
  const field = (isGroup && element.querySelector('input')) || element;
  if (scrolls) field.scrollIntoView({block: 'center'});
  field.focus({preventScroll: true});
}

onEvent('click', '[data-jump]', (event, link) => {
  event.preventDefault();
  focusOn(document.getElementById(link.dataset.jump));
});
