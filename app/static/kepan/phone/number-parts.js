// Numbers in two parts: on to the next part when one is full, back when it is empty.
document.querySelectorAll('[data-next]').forEach((input) => {
  input.addEventListener('input', () => {
    input.value = input.value.replace(/[^0-9]/g, '').slice(0, input.maxLength);
    const next = input.value.length >= input.maxLength && document.getElementById(input.dataset.next);
    if (next) next.focus();
  });
});
document.querySelectorAll('[data-prev]').forEach((input) => {
  input.addEventListener('keydown', (event) => {
    const isAtStart = event.key === 'Backspace' && !input.value;
    const previous = isAtStart && document.getElementById(input.dataset.prev);
    if (previous) previous.focus();
  });
});
