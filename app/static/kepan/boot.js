// Runs before the page is drawn, so that a folded menu or small rows do not jump. The only script that is no module.
(() => {
  const root = document.documentElement;
  try {
    if (localStorage.getItem('kepan:side') === 'mini') root.classList.add('side-mini');
    if (localStorage.getItem('kepan:dense') === '1') root.classList.add('dense');
  } catch {
    // no storage: defaults
  }
})();
