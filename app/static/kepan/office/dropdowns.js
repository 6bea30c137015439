// Dropdown menus are Bootstrap's, which listens through jQuery: some clicks must not close them.
window.jQuery(document).on('click.bs.dropdown.data-api', '.dropdown-menu .is-off, .cols-pop', (event) => {
  event.stopPropagation();
});
