// Runs before the page is drawn, so that a folded menu does not jump. The only script that is no module.
(() => {
  const root = document.documentElement;
  try {
    if (localStorage.getItem('kepan:side') === 'mini') root.classList.add('side-mini');
  } catch {
    // no storage: defaults
  }
})();
