// How much of a long text's limit is used.
document.querySelectorAll('textarea[maxlength]').forEach((area) => {
  const counter = document.createElement('span');
  const show = () => {
    counter.textContent = `${area.value.length}/${area.maxLength}`;
  };
  counter.className = 'cnt';
  counter.setAttribute('aria-hidden', 'true');
  area.after(counter);
  area.addEventListener('input', show);
  show();
});
