// The page of a record: the box that is always open, edits in their place, and the page brought up to date after both.
import {contentCame, contentLeaves, onContentWanted} from '../shared/content.js';
import {inField} from './dates.js';
import {make, onEvent} from './dom.js';
import {fetchFragment} from './fragments.js';
import {hasUnsavedText} from './form.js';
import {reasonOf, send} from './sending.js';
import {setIdle} from './submit.js';
import {text} from './text.js';
import {moveToasts, showKeptToast, showToast} from './toast.js';

const CONTROL = 'input:not([type=hidden]), select, textarea';

function replaceContent(shown, fresh) {
  contentLeaves(shown);
  shown.replaceChildren(...fresh.childNodes);
  contentCame(shown);
}

function updateTabs(page) {
  page.querySelectorAll('[data-tabs] [role=tab]').forEach((tab) => {
    const shown = document.getElementById(tab.id);
    if (!shown) return;
    shown.replaceChildren(...tab.childNodes);
    if (!tab.hidden) shown.hidden = false;
  });
  document.querySelectorAll('[data-tabs] [data-load]').forEach((pane) => {
    const fresh = page.getElementById(pane.id);
    if (fresh && fresh.dataset.state === 'loaded') replaceContent(pane, fresh);
    else delete pane.dataset.state;
  });
}

/** Bring card, head, box, counts and timeline up to date; what is being typed stays. */
async function bringUpToDate() {
  const own = document.querySelector('[data-self]'); // with the list that one came from
  const page = await fetchFragment(own ? own.dataset.self : window.location.pathname + window.location.search);
  page.querySelectorAll('[data-fresh]').forEach((part) => {
    const shown = document.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (shown && !(shown.querySelector('[data-box]') && hasUnsavedText())) replaceContent(shown, part);
  });
  updateTabs(page);
  return page.querySelectorAll('[data-toasts] > *');
}

/** The same after something was saved, with what the server says of it. */
async function refresh() {
  const said = await bringUpToDate();
  moveToasts(said);
  contentCame(document.querySelector('[data-toasts]'));
  if (!said.length) showToast(text.saved);
}

function clearErrors(form) {
  form.querySelectorAll('.fi-err').forEach((error) => error.remove());
  form.querySelectorAll('.has-error').forEach((field) => field.classList.remove('has-error'));
  form.querySelector('[data-box-alert]').hidden = true;
}

function showAlert(form, sentence) {
  const alert = form.querySelector('[data-box-alert]');
  alert.textContent = sentence;
  alert.hidden = false;
}

/** Put what the page of the refused form says beside the fields of the box: what was typed stays. */
function showErrors(form, page) {
  let first = null;
  page.querySelectorAll('.has-error .fi-err').forEach((error) => {
    const field = form.querySelector(`[data-field="${error.id.replace(/-err$/, '')}"]`);
    if (!field) return;
    field.classList.add('has-error');
    field.append(error);
    first = first || field;
  });
  const reason = reasonOf(page);
  if (reason || !first) showAlert(form, reason || text.not_saved);
  if (first) first.querySelector(CONTROL).focus();
}

function markChips(form) {
  form.querySelectorAll('[data-fill]').forEach((chip) => {
    const field = document.getElementById(chip.dataset.fill);
    chip.setAttribute('aria-pressed', String(field.value === inField(field, chip.dataset.value)));
  });
}

async function write(form) {
  clearErrors(form);
  try {
    const {isTaken, page} = await send(form);
    if (!isTaken) {
      showErrors(form, page);
      return;
    }
    form.reset();
    form.dispatchEvent(new CustomEvent('kepan:change', {bubbles: true}));
    markChips(form);
    await refresh();
  } catch (error) {
    showAlert(form, error.message === text.signed_out ? text.signed_out : text.not_sent);
  } finally {
    setIdle(form, form.querySelector('[type=submit]'));
  }
}

function closeInPlace(form) {
  const cell = form.parentElement;
  const button = cell.querySelector('[data-edit-in-place]');
  form.remove();
  Array.from(cell.children).forEach((one) => {
    one.hidden = false;
  });
  if (button) button.focus();
}

/** The form of one field, out of the page of the edit form. */
function takeForm(page, address) {
  const form = page.querySelector('form[data-form]');
  form.removeAttribute('data-form');
  form.dataset.inPlace = '';
  form.action = address;
  form.className = 'in-place';
  form.querySelector('.form-bar').replaceWith(makeBar());
  if (form.querySelectorAll('.fi').length === 1) form.classList.add('in-place-only');
  return form;
}

function makeBar() {
  const bar = make('div', 'in-place-bar');
  const save = make('button', 'btn btn-primary btn-sm', text.save);
  const cancel = make('button', 'btn btn-default btn-sm', text.cancel);
  save.type = 'submit';
  cancel.type = 'button';
  cancel.dataset.closeInPlace = '';
  bar.append(save, cancel);
  return bar;
}

function focusIn(form) {
  const field = form.querySelector('.has-error input, .has-error textarea') || form.querySelector(CONTROL);
  if (!field) return;
  field.focus();
  if (field.select) field.select();
}

async function openInPlace(button) {
  const cell = button.parentElement;
  if (cell.querySelector('form')) return;
  const page = await fetchFragment(button.dataset.editInPlace);
  const form = takeForm(page, button.dataset.editInPlace);
  Array.from(cell.children).forEach((one) => {
    one.hidden = true;
  });
  cell.append(form);
  focusIn(form);
}

async function saveInPlace(form) {
  try {
    const {isTaken, page} = await send(form);
    if (isTaken) {
      closeInPlace(form);
      await refresh();
      return;
    }
    if (!page.querySelector('form[data-form]')) throw new Error(reasonOf(page));
    const refused = takeForm(page, form.action);
    form.replaceWith(refused);
    focusIn(refused);
  } catch (error) {
    showToast(error.message || text.not_sent, 'danger');
  } finally {
    setIdle(form, form.querySelector('[type=submit]'));
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches('[data-box], [data-in-place]')) return;
  event.preventDefault();
  if (form.matches('[data-box]')) write(form);
  else saveInPlace(form);
});
// After an operation in the drawer.
onContentWanted(() => {
  if (!document.querySelector('.record')) return false;
  bringUpToDate()
    .then(() => {
      window.Kepan.closeDrawer();
      showKeptToast();
    })
    .catch(() => window.location.reload());
  return true;
});
onEvent('click', '[data-edit-in-place]', (event, button) => {
  openInPlace(button).catch((error) => showToast(error.message || text.load_failed, 'danger'));
});
onEvent('click', '[data-close-in-place]', (event, button) => closeInPlace(button.closest('form')));
onEvent('click', '[data-fill]', (event, chip) => {
  const field = document.getElementById(chip.dataset.fill);
  field.value = chip.getAttribute('aria-pressed') === 'true' ? '' : inField(field, chip.dataset.value);
  markChips(chip.closest('form'));
});
onEvent('input', '[data-box]', (event, form) => markChips(form));
onEvent('keydown', '[data-in-place]', (event, form) => {
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  closeInPlace(form);
});
