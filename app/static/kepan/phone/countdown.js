// Another code after a while: the button counts the seconds.
function start(button) {
  const label = button.textContent;
  const phone = button.form.elements.phone;
  const askedFor = phone && phone.value;
  let left = Number(button.dataset.wait);

  function tick() {
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waiting.replace('0', left) : label;
    if (left > 0) setTimeout(tick, 1000);
    else button.removeAttribute('data-wait');
    left -= 1;
  }
  if (phone) {
    phone.addEventListener('input', () => {
      if (phone.value !== askedFor) left = 0;
    });
  }
  tick();
}

document.querySelectorAll('button[data-wait]').forEach(start);
