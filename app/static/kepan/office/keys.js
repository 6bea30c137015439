// Keys: "/" focuses the search, "n" starts a new record, Esc closes.
import {isInDrawer} from './dom.js';
import {closeSurroundingDrawer} from './frames.js';
import {hideTip} from './tip.js';

const OPEN = '.select2-container--open, .datepicker-dropdown, dialog[open], .dropdown.open, .dropup.open';

function isTyping(element) {
  return (
    /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) ||
    element.isContentEditable ||
    element.closest('.select2-container')
  );
}

function escape(event, isSomethingOpen) {
  hideTip();
  if (isSomethingOpen) return;
  if (document.body.classList.contains('side-open')) {
    document.body.classList.remove('side-open');
  } else if (isInDrawer) {
    event.preventDefault();
    closeSurroundingDrawer();
  }
}

function focusSearch(event) {
  const field = document.querySelector('[data-filter] input[type=text]:not([data-date])');
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function startNew(event) {
  const button = document.querySelector('.js-new:not(.is-off)');
  if (!button) return;
  event.preventDefault();
  button.click();
}

document.addEventListener(
  'keydown',
  (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const isSomethingOpen = Boolean(document.querySelector(OPEN));
    if (event.key === 'Escape') escape(event, isSomethingOpen);
    else if (isSomethingOpen || isTyping(event.target)) return;
    else if (event.key === '/') focusSearch(event);
    else if (event.key === 'n') startNew(event);
  },
  true,
);
