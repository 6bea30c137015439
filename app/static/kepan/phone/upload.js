// A file is sent as soon as it is chosen.
import {sendForm} from './submit.js';

document.querySelectorAll('input[type=file][data-send]').forEach((input) => {
  input.form.querySelectorAll('.dock').forEach((dock) => {
    dock.hidden = true;
  });
  input.addEventListener('change', () => {
    if (input.files.length) sendForm(input.form);
  });
});
