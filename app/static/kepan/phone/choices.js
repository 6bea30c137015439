// A long list of choices, narrowed by what is typed; the enter key searches and does not send the form.
function narrow(select, options, typed) {
  const chosen = select.value;
  const found = options.filter((option) => !option.value || option.text.toLowerCase().includes(typed));
  select.replaceChildren(...found);
  select.value = found.some((option) => option.value === chosen) ? chosen : '';
  if (typed && found.length === 2) select.value = found[1].value; // the blank one and a single match
}

document.querySelectorAll('input[data-narrows]').forEach((input) => {
  const select = document.getElementById(input.dataset.narrows);
  const options = Array.from(select.options);
  input.parentNode.querySelectorAll('button').forEach((button) => {
    button.hidden = true;
  });
  input.addEventListener('input', () => narrow(select, options, input.value.trim().toLowerCase()));
});
document.querySelectorAll('input[data-enter]').forEach((input) => {
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const button = input.parentNode.querySelector('button');
    if (!button.hidden) button.click();
  });
});
