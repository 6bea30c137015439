// Saved views of a list, and its row height, which changes at once and is kept by the server (OFF-5).
import {copy} from './copy.js';
import {onEvent} from './dom.js';
import {text} from './text.js';
import {showToast} from './toast.js';

function post(address) {
  const form = document.getElementById('post-form');
  return fetch(address, {
    method: 'POST',
    credentials: 'same-origin',
    redirect: 'manual',
    headers: {'X-CSRFToken': form.querySelector('[name=csrf_token]').value, 'X-Requested-With': 'XMLHttpRequest'},
  });
}

onEvent('click', '[data-density]', (event, button) => {
  event.preventDefault();
  const isSmall = button.closest('.list-card').classList.toggle('dense');
  const url = new URL(button.getAttribute('formaction'), window.location.href);
  url.searchParams.set('density', isSmall ? 'small' : '');
  button.setAttribute('aria-pressed', String(isSmall));
  post(url.href).catch(() => showToast(text.load_failed, 'danger'));
});
onEvent('click', '[data-copy-address]', (event, button) => {
  copy(new URL(button.dataset.copyAddress, window.location.href).href);
});
