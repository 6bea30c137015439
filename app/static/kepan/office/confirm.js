// The question box, and buttons that ask before they act.
import {onEvent} from './dom.js';
import {text} from './text.js';

const confirmed = new WeakSet(); // what was just answered with yes, and is clicked again

/** Ask; answers whether the person agreed. A dangerous question starts at its "no". */
export function ask(question, options = {}) {
  const box = document.getElementById('ask-box');
  if (!box || !box.showModal) return Promise.resolve(window.confirm(question));
  const yes = box.querySelector('[data-ask-yes]');
  const no = box.querySelector('[data-ask-no]');
  box.querySelector('.ask-text').textContent = question;
  yes.textContent = options.yes || text.ok;
  no.textContent = options.no || text.cancel;
  yes.className = `btn ${options.isDangerous ? 'btn-danger' : 'btn-primary'}`;
  return new Promise((resolve) => {
    let answer = false;
    yes.onclick = () => {
      answer = true;
      box.close();
    };
    no.onclick = () => box.close();
    box.onclose = () => resolve(answer);
    box.showModal();
    (options.isDangerous ? no : yes).focus();
  });
}

onEvent('click', 'a[data-ask], button[data-ask]:not([data-batch])', (event, element) => {
  if (confirmed.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(element.dataset.ask, {isDangerous: 'danger' in element.dataset}).then((yes) => {
    if (!yes) return;
    confirmed.add(element);
    element.click();
  });
});
