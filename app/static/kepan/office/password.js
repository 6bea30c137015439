// The eye beside a password shows and hides it.
import {onEvent} from './dom.js';
import {text} from './text.js';

onEvent('click', '[data-eye]', (event, button) => {
  const input = button.parentNode.querySelector('input');
  const isShown = input.type === 'password';
  input.type = isShown ? 'text' : 'password';
  button.setAttribute('aria-pressed', String(isShown));
  button.setAttribute('aria-label', isShown ? text.hide_password : text.show_password);
  button.firstElementChild.className = `fa-regular ${isShown ? 'fa-eye-slash' : 'fa-eye'}`;
});
